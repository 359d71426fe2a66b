"""`scim-setup connect` on a connector that somebody else made: what lacks is named, exactly, and at once.

The application has `Application.ReadWrite.OwnedBy` alone at first. Then it is made an owner of one of the two objects, and of both; and then,
an owner of neither, it gets `Synchronization.ReadWrite.All`.
"""

import time

from check import check, equal
from connector import FAILED, GALLERY, Connect, grants, holder
from person import Person

SCOPES = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "GroupMember.Read.All"]
REGISTRATION = "ownership of the application registration “contoso-provisioning”"
PRINCIPAL = "ownership of the service principal “contoso-provisioning”"
LACKS = "The application of AZURE_CLIENT_ID lacks "
# Graph's answer to somebody without rights is that to somebody who comes too early, which is waited for for three minutes.
AT_ONCE = 60


def said(what):
    """What is said of ownership that lacks."""
    return f"{LACKS}{what}. Synchronization.ReadWrite.All would do in place of ownership."


def until(connect, words, *more):
    """Runs it until it says so: what was changed a moment ago does not show at once."""
    ends = time.monotonic() + 90
    while True:
        began = time.monotonic()
        code, text = connect.tried(*more)
        if words in text or time.monotonic() > ends:
            check(code == FAILED and words in text, f"it ends with {FAILED} and says: {words}" if words in text else text)
            check(time.monotonic() - began < AT_ONCE, "it says so at once")
            return
        time.sleep(1)


def goes(connect, *more):
    """Runs it until it goes through."""
    ends = time.monotonic() + 90
    while connect.tried(*more)[0] == FAILED and time.monotonic() < ends:
        time.sleep(1)
    connect.run(0, *more)


def made(person, group):
    """Somebody makes a connector and assigns the group; its service principal and its registration."""
    body = {"displayName": "contoso-provisioning"}
    status, answer = person.ask("POST", f"/applicationTemplates/{GALLERY}/instantiate", body)
    check(status == 201, f"{person.name} makes a connector ({status})")
    principal, application = answer["servicePrincipal"]["id"], answer["application"]["id"]
    # What was made a moment ago does not show at once.
    ends = time.monotonic() + 60
    while person.ask("GET", f"/servicePrincipals/{principal}")[0] != 200 and time.monotonic() < ends:
        time.sleep(1)
    roles = person.get(f"/servicePrincipals/{principal}")["appRoles"]
    [role] = [role["id"] for role in roles if role["displayName"] == "User"]
    change(person, "PATCH", f"/servicePrincipals/{principal}", {"appRoleAssignmentRequired": False})
    body = {"principalId": group["id"], "resourceId": principal, "appRoleId": role}
    change(person, "POST", f"/servicePrincipals/{principal}/appRoleAssignedTo", body)
    return principal, application


def change(person, method, path, body=None):
    """A change that has to succeed."""
    status, answer = person.ask(method, path, body)
    check(status in (201, 204), f"{person.name}: {method} {path.split('/')[1]} ({status})" + (f" {answer}" if status >= 400 else ""))


def run(path, sample, folder):
    """From no right to each of the two that suffice."""
    grace = Person(sample, "grace@contoso.example", SCOPES)
    [group] = grace.get("/groups?$filter=displayName%20eq%20'Data%20Engineers'")["value"]
    principal, application = made(grace, group)
    client = sample["syncClientId"]
    setup = {
        "version": 1,
        "identityManagement": "off",
        "cloud": "global",
        "tenant": sample["tenantId"],
        "target": sample["accountScimUrl"],
        "scope": {"kind": "chosen", "groups": [{"id": group["id"], "name": "Data Engineers"}], "people": []},
        "connector": {"name": "contoso-provisioning", "id": principal, "byHand": True},
    }
    connect = Connect(path, sample, folder, setup)
    # That it has the name is not enough to take it, and the dry run refuses what the run refuses.
    connect.wants(setup | {"connector": {"name": "contoso-provisioning", "byHand": True}})
    for words in (["--dry-run"], []):
        _, told = connect.run(FAILED, *words)
        check("There is already an enterprise application “contoso-provisioning”." in told and principal in told, "it is not taken by its name")
    connect.wants(setup)
    neither = f"{REGISTRATION}, {PRINCIPAL}"
    until(connect, said(f"the permission Application.ReadWrite.OwnedBy, {neither}"))
    grants(grace, client, ["Application.ReadWrite.OwnedBy"])
    until(connect, said(neither))
    until(connect, said(neither), "--dry-run")

    own = holder(grace, client)
    owner = {"@odata.id": f"{sample['graph']}/v1.0/directoryObjects/{own}"}
    change(grace, "POST", f"/servicePrincipals/{principal}/owners/$ref", owner)
    until(connect, said(REGISTRATION))
    change(grace, "POST", f"/applications/{application}/owners/$ref", owner)
    goes(connect)

    for kind, one in (("applications", application), ("servicePrincipals", principal)):
        change(grace, "DELETE", f"/{kind}/{one}/owners/{own}/$ref")
    until(connect, said(neither), "--new-token")
    grants(grace, client, ["Synchronization.ReadWrite.All"])
    goes(connect, "--new-token")
    found = grace.get("/servicePrincipals?$filter=displayName%20eq%20'contoso-provisioning'")["value"]
    equal([it["id"] for it in found], [principal], "no second one was made")
