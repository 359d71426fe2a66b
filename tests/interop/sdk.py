"""Databricks' own Python SDK, unchanged, on the sample tenant's Databricks over loopback, at both levels.

What the SDK sends, reads and raises is what it does at the real services. The sample answers under the published limits
and with delayed lists, so that a fresh write is asked for until it is seen.
"""

import logging
import os
import sys
import time

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import (
    BadRequest,
    InternalError,
    NotFound,
    PermissionDenied,
    ResourceConflict,
    ResourceDoesNotExist,
    TooManyRequests,
    Unauthenticated,
)
from databricks.sdk.service.iam import ComplexValue, ListSortOrder, Name, Patch, PatchOp, PatchSchema

from check import check, equal

SCHEMAS = [PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]

# With so many people in the directory, each level of Databricks holds several pages of them at the start.
PEOPLE = 6000
HELD = 369


def lonely():
    """Takes away what this machine may say to the SDK: profiles, credentials, proxies."""
    for name in list(os.environ):
        if name.startswith(("DATABRICKS_", "ARM_", "AZURE_")) or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["DATABRICKS_CONFIG_FILE"] = os.devnull
    os.environ["NO_PROXY"] = "127.0.0.1"
    logging.disable(logging.WARNING)


def workspace_client(facts, token, **more):
    """A client of the workspace with a personal access token."""
    return WorkspaceClient(config=Config(host=facts["databricks"], token=token, auth_type="pat", **more))


def account_client(facts, **credentials):
    """A client of the account."""
    return AccountClient(host=facts["databricks"], account_id=facts["accountId"], **credentials)


def raised(kind, words, call):
    """Checks that a call ends in exactly this exception, with a text that begins with these words."""
    try:
        call()
    except Exception as error:  # noqa: BLE001
        equal((type(error).__name__, str(error)[: len(words)]), (kind.__name__, words), f"{kind.__name__}: {words}")
        return error
    sys.exit(f"interop: nothing was raised; expected {kind.__name__}: {words}")


def seen(what, ask):
    """Asks until the answer is true: lists and some nodes learn of writes later."""
    deadline = time.monotonic() + 20
    while True:
        try:
            answer = ask()
        except NotFound:
            answer = None
        if answer:
            return answer
        if time.monotonic() > deadline:
            sys.exit(f"interop: never seen: {what}")
        time.sleep(0.3)


def members(group):
    """The ids of a group's members."""
    return [member.value for member in group.members or []]


def everybody(client, **query):
    """The user names of a whole list, in its order."""
    return [user.user_name for user in client.users.list(**query)]


def shared(client, level, conflict):
    """What both levels do alike: users, groups, members, and the refusals of both."""
    users, groups = client.users, client.groups

    made = users.create(
        user_name="Sdk.O'Neill@Contoso.example",
        display_name="Sdk O'Neill",
        name=Name(given_name="Sdk", family_name="O'Neill"),
        external_id="sdk-1",
    )
    name = "sdk.o'neill@contoso.example"
    equal(
        (made.user_name, made.display_name, made.name.given_name, made.name.family_name, made.external_id, made.active),
        (name, "Sdk O'Neill", "Sdk", "O'Neill", "sdk-1", True),
        f"{level}: a user is created, its name in lower case",
    )
    equal(
        [(mail.value, mail.type, mail.primary) for mail in made.emails],
        [(name, "work", True)],
        f"{level}: its address is its name",
    )
    check(made.id.isdigit() and int(made.id) > 2**53, f"{level}: its id is a large number in a text")
    raised(ResourceConflict, f"None {conflict}", lambda: users.create(user_name="SDK.O'Neill@contoso.example"))
    raised(BadRequest, "invalidValue userName nobody is not a valid email", lambda: users.create(user_name="nobody"))

    find = f'userName eq "{name}"'
    found = seen("the user in a list", lambda: list(users.list(filter=find, attributes="id,userName")))
    equal(
        [(user.id, user.user_name, user.display_name) for user in found],
        [(made.id, name, None)],
        f"{level}: it is found by its name, with the attributes that were asked for",
    )
    equal(list(users.list(filter=find.replace("sdk", "Sdk"))), [], f"{level}: names are compared as they are stored")
    equal(len(list(users.list(filter='displayName sw "Sdk O"'))), 1, f"{level}: sw finds it too")
    raised(
        BadRequest,
        "invalidFilter Given filter operator is not supported",
        lambda: list(users.list(filter='userName gt "a"')),
    )
    raised(
        BadRequest,
        "The filter has 305 nodes. At most 200 are allowed.",
        lambda: list(users.list(filter=" or ".join([find] * 102))),
    )

    names = everybody(client, sort_by="userName", sort_order=ListSortOrder.ASCENDING)
    equal((len(names), names == sorted(set(names))), (HELD + 1, True), f"{level}: the whole list, sorted, each once")
    paged = everybody(client, count=90, sort_by="userName", sort_order=ListSortOrder.DESCENDING)
    equal(paged, names[::-1], f"{level}: pages of 90 give the same, backwards")

    users.patch(
        made.id,
        operations=[
            Patch(op=PatchOp.REPLACE, path="displayName", value="New"),
            Patch(op=PatchOp.REPLACE, path="active", value="false"),
            Patch(op=PatchOp.REPLACE, path="userName", value="new@contoso.example"),
        ],
        schemas=SCHEMAS,
    )
    changed = seen("the new name", lambda: (got := users.get(made.id)).display_name == "New" and got)
    equal((changed.user_name, changed.active), (name, False), f"{level}: changed, but for the user name")
    raised(
        BadRequest,
        "invalidPath Attribute shoesize is undefined",
        lambda: users.patch(made.id, operations=[Patch(op=PatchOp.ADD, path="shoeSize", value="42")], schemas=SCHEMAS),
    )

    group = groups.create(display_name="Sdk Team", external_id="sdk-g", members=[ComplexValue(value=made.id)])
    equal(
        [(one.value, one.display, one.ref) for one in group.members],
        [(made.id, "New", f"Users/{made.id}")],
        f"{level}: a group is created with a member, whose kind is told by its reference",
    )
    raised(
        ResourceConflict,
        "None Group with name Sdk Team already exists.",
        lambda: groups.create(display_name="Sdk Team"),
    )
    other = users.create(user_name="sdk.two@contoso.example")
    groups.patch(
        group.id,
        operations=[
            Patch(op=PatchOp.REMOVE, path=f'members[value eq "{made.id}"]'),
            Patch(op=PatchOp.ADD, value={"members": [{"value": other.id}]}),
        ],
        schemas=SCHEMAS,
    )
    seen("the other member", lambda: members(groups.get(group.id)) == [other.id])
    check(True, f"{level}: one member is removed and another added in one request")
    raised(
        InternalError,
        "Error in performing the patch operation",
        lambda: groups.patch(
            group.id,
            operations=[Patch(op=PatchOp.ADD, path=f'members[value eq "{made.id}"]', value="x")],
            schemas=SCHEMAS,
        ),
    )
    raised(
        BadRequest,
        "invalidValue Principal with id 1 is not found",
        lambda: groups.patch(
            group.id, operations=[Patch(op=PatchOp.ADD, path="members", value=[{"value": "1"}])], schemas=SCHEMAS
        ),
    )

    for resource, held, kind in ((groups, group, "Group"), (users, made, "User"), (users, other, "User")):
        resource.delete(held.id)
        raised(NotFound, f"None {kind} with id {held.id} is not found", lambda r=resource, h=held: r.delete(h.id))
    seen("the users' absence", lambda: not list(users.list(filter='userName sw "sdk."')))
    raised(NotFound, "None User with id 1 is not found", lambda: users.get("1"))


def workspace(facts):
    """The workspace with a personal access token, as scripts and Terraform have it."""
    client = workspace_client(facts, facts["workspaceToken"])
    me = client.current_user.me()
    equal(
        (me.user_name, sorted(group.display for group in me.groups)),
        ("pat-owner@contoso.example", ["admins", "users"]),
        "workspace: the token's owner and its groups",
    )
    shared(client, "workspace", "User with username sdk.oneill@contoso.example already exists.")

    kinds = {group.meta.resource_type for group in client.groups.list(attributes="displayName,meta")}
    equal(kinds, {"WorkspaceGroup"}, "workspace: all groups are the workspace's own")
    admins = next(client.groups.list(filter='displayName eq "admins"'))
    equal(
        sorted(one.display for one in admins.members),
        ["Ada Lovelace", "Break glass", "Token owner"],
        "workspace: lists show members",
    )
    raised(
        BadRequest,
        "invalidValue Group admins is reserved and cannot be deleted",
        lambda: client.groups.delete(admins.id),
    )
    user = client.users.create(
        user_name="sdk.three@contoso.example", entitlements=[ComplexValue(value="databricks-sql-access")]
    )
    equal([one.value for one in user.entitlements], ["databricks-sql-access"], "workspace: entitlements are kept")
    # PUT, which takes away what it does not name.
    client.users.update(user.id, user_name="other@contoso.example", display_name="Put")
    put = seen("the replaced user", lambda: (got := client.users.get(user.id)).display_name == "Put" and got)
    equal(put.user_name, "sdk.three@contoso.example", "workspace: PUT leaves the name")
    equal(put.entitlements, [], "workspace: PUT clears what it does not name")
    second = client.users_v2.list(filter='userName eq "reader@contoso.example"', attributes="userName")
    equal([one.user_name for one in second], ["reader@contoso.example"], "workspace: the SDK's second form reads too")

    plain = workspace_client(facts, facts["plainToken"])
    equal(plain.current_user.me().user_name, "reader@contoso.example", "workspace: others may ask who they are")
    raised(
        PermissionDenied,
        "Only workspace admins can perform this operation",
        lambda: plain.users.create(user_name="no@contoso.example"),
    )
    raised(
        Unauthenticated,
        "Credential was not sent or was of an unsupported type for this API.",
        lambda: workspace_client(facts, "dapi0").current_user.me(),
    )


def account(facts):
    """The account with Databricks' OAuth, which the SDK finds by itself."""
    client = account_client(
        facts, client_id=facts["accountClientId"], client_secret=facts["accountClientSecret"], auth_type="oauth-m2m"
    )
    shared(client, "account", "User with email sdk.oneill@contoso.example already exists in this account")

    listed = next(group for group in client.groups.list() if group.display_name == "Legacy Analysts")
    single = client.groups.get(listed.id)
    equal(
        (listed.members, listed.meta, len(single.members), single.meta.resource_type),
        ([], None, 3, "Group"),
        "account: members come with the single group only",
    )
    admins = [user.user_name for user in client.users.list(filter='roles.value co "account_admin"')]
    equal(sorted(admins), ["ada@contoso.example", "breakglass@contoso.example"], "account: administrators are found")
    raised(
        BadRequest,
        "invalidValue entitlements can only be managed at the workspace level",
        lambda: client.users.create(user_name="a@x.example", entitlements=[ComplexValue(value="workspace-access")]),
    )
    runner = [(one.application_id, one.display_name) for one in client.service_principals.list()]
    equal(runner, [(facts["accountClientId"], "terraform-runner")], "account: the service principal sees itself")
    equal(len(list(client.users_v2.list())), HELD, "account: the SDK's second form lists everybody too")

    scim = account_client(facts, token=facts["accountToken"], auth_type="pat")
    raised(
        PermissionDenied,
        "This API is disabled for the provided SCIM token",
        # The SDK asks under /api/2.0, the SCIM token is good under /api/2.1.
        lambda: list(scim.users.list()),
    )
    raised(
        Unauthenticated,
        "Credential was not sent or was of an unsupported type for this API.",
        lambda: list(account_client(facts, token=facts["workspaceToken"], auth_type="pat").users.list()),
    )
    wrong = {**facts, "accountId": "11111111-1111-4111-8111-111111111111"}
    client.config.account_id = wrong["accountId"]
    raised(
        ResourceDoesNotExist,
        "Account 11111111-1111-4111-8111-111111111111 does not exist",
        lambda: list(client.users.list()),
    )
    raised(
        ValueError,
        "invalid_client: Client authentication failed",
        lambda: account_client(
            facts, client_id=facts["accountClientId"], client_secret="dose0", auth_type="oauth-m2m"
        ).users.get("1"),
    )


def limits(facts):
    """Above the published limit of changes at a workspace the SDK waits, and gives up after the time it is given."""
    hasty = workspace_client(facts, facts["workspaceToken"], retry_timeout_seconds=1)
    legacy = next(hasty.groups.list(filter='displayName eq "Legacy Analysts"'))

    def touch():
        for _ in range(12):
            rename = [Patch(op=PatchOp.REPLACE, path="displayName", value="Legacy Analysts")]
            hasty.groups.patch(legacy.id, operations=rename, schemas=SCHEMAS)

    error = raised(TimeoutError, "Timed out after 0:00:01", touch)
    check(isinstance(error.__cause__, TooManyRequests), "workspace: more than ten changes a minute are too many")


def run(facts):
    """Everything, on a fresh sample tenant of so many people."""
    lonely()
    workspace(facts)
    account(facts)
    limits(facts)
