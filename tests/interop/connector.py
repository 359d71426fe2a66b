"""`scim-setup connect` as an administrator runs it: with the credentials of an application that lacks a permission, then has it.

The sample tenant stands in for Entra and Databricks. What is looked at afterwards is read by hand: Graph as an administrator sees it,
and Databricks' SCIM.
"""

import json
import subprocess
import time
import urllib.parse
import urllib.request

from check import check, equal
from person import Person

# The gallery's entry of Databricks' connector.
GALLERY = "9c9818d2-2900-49e8-8ba4-22688be7c675"
GRAPH = "00000003-0000-0000-c000-000000000000"
NOTHING_TO_DO, FAILED, CHANGES = 0, 1, 2
# What the application needs beyond what every unattended run needs.
ROLES = ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"]
# What the administrator needs who gives them, and looks at what came of it.
SCOPES = [
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "GroupMember.Read.All",
    "Synchronization.ReadWrite.All",
]
SECOND = "dsapi-that-nobody-issued-0123456789"


class Connect:
    """The program with the credentials of the headless application, and one setup."""

    def __init__(self, path, sample, folder, setup):
        self._path, self._folder = path, folder
        self._where = ["--authority", sample["authority"], "--graph", sample["graph"]]
        self._where += ["--databricks", origin(sample["accountScimUrl"])]
        self._environment = {
            "AZURE_TENANT_ID": sample["tenantId"],
            "AZURE_CLIENT_ID": sample["syncClientId"],
            "AZURE_CLIENT_SECRET": sample["syncClientSecret"],
            "DATABRICKS_TOKEN": sample["accountToken"],
        }
        self._setup = folder / "setup.json"
        self.wants(setup)

    def wants(self, setup):
        """From now on this is the setup."""
        self._setup.write_text(json.dumps(setup), encoding="utf-8")

    def _ran(self, words, environment):
        command = [self._path, "connect", str(self._setup), *words, *self._where]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)

    def tried(self, *words):
        """Runs it to its end, whatever comes of it; gives its exit code, and what it said."""
        ran = self._ran(words, self._environment)
        return ran.returncode, ran.stdout + ran.stderr

    def run(self, expected, *words, **environment):
        """Runs it to its end; gives what it said on both streams. No secret is among that."""
        environment = self._environment | environment
        ran = self._ran(words, environment)
        said = ran.stdout + ran.stderr
        line = " ".join(["scim-setup connect", *words])
        check(ran.returncode == expected, f"`{line}` ends with {ran.returncode} (expected {expected})\n{said}"
              if ran.returncode != expected else f"`{line}` ends with {expected}")  # fmt: skip
        for name in ("AZURE_CLIENT_SECRET", "DATABRICKS_TOKEN"):
            kept = [file for file in self._folder.iterdir() if environment[name] in file.read_text(encoding="utf-8")]
            check(environment[name] not in said and not kept, f"`{line}` neither prints nor keeps {name}")
        return ran.stdout, ran.stderr


def origin(address):
    """Scheme, host and port."""
    parts = urllib.parse.urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def holder(person, client):
    """The service principal of an application."""
    [found] = person.get(f"/servicePrincipals?$filter=appId eq '{client}'".replace(" ", "%20"))["value"]
    return found["id"]


def grants(person, client, roles):
    """Gives the application the roles, as an administrator does in the portal."""
    [api] = person.get(f"/servicePrincipals?$filter=appId eq '{GRAPH}'".replace(" ", "%20"))["value"]
    own = holder(person, client)
    for name in roles:
        [role] = [role["id"] for role in api["appRoles"] if role["value"] == name]
        body = {"principalId": own, "resourceId": api["id"], "appRoleId": role}
        status, _ = person.ask("POST", f"/servicePrincipals/{own}/appRoleAssignments", body)
        check(status == 201, f"{person.name} gives {name} ({status})")


def connectors(person, name):
    """The enterprise applications of that name."""
    found = person.get(f"/servicePrincipals?$filter=displayName eq '{name}'".replace(" ", "%20"))["value"]
    return [one["id"] for one in found]


def people(sample):
    """User names of the people in the account whom Entra brought."""
    request = urllib.request.Request(f"{sample['accountScimUrl']}/Users?count=500")
    request.add_header("Authorization", f"Bearer {sample['accountToken']}")
    with urllib.request.urlopen(request) as answer:
        users = json.load(answer)["Resources"]
    return sorted(user["userName"] for user in users if user.get("externalId") and user.get("active"))


def pass_time(sample, minutes):
    """Lets time pass for provisioning and Databricks alone."""
    body = urllib.parse.urlencode({"minutes": minutes}).encode()
    with urllib.request.urlopen(f"{sample['authority']}/sample/time", body) as answer:
        check(answer.status == 200, f"{minutes} minutes pass")


def wrong(connect, person, sample, setup):
    """What stands against a setup stands in the dry run already, before there is an application: with 1, and nothing is made."""
    group = setup["scope"]["groups"][0]
    nobody = {"id": "00000000-0000-0000-0000-00000000000a", "name": "Data Analysts"}
    settings = setup["connector"]

    def refused(words, *more, scope=None, **changes):
        connect.wants(setup | {"connector": settings | changes} | ({"scope": scope} if scope else {}))
        shown, said = connect.run(FAILED, "--dry-run", *more)
        check(words in shown + said, f"it says: {words}" if words in shown + said else shown + said)
        return shown

    refused("unknown field `treshold`", treshold=50)
    chosen = {"kind": "chosen", "groups": [group, nobody], "people": []}
    refused(f"STOPS: “Data Analysts”, as the choice calls the group {nobody['id']}, would be assigned, and the directory has no", scope=chosen)
    told = json.loads(refused("Data Analysts", "--json", scope=chosen))
    equal([len(told["stops"]), len(told["unread"])], [1, 1], "as JSON too: one stop, one that was not read")
    connect.wants(setup | {"connector": {"name": settings["name"], "threshold": 50}})
    shown, _ = connect.run(FAILED, "--dry-run")
    check("STOPS: Deletions above 50" in shown, "a limit without anybody to notify is a stop")
    # What is no connector gets no token.
    page = holder(person, sample["clientId"])
    refused("“scim-setup” is no connector.", id=page)
    connect.wants(setup | {"connector": settings | {"id": page}})
    _, said = connect.run(FAILED)
    check("is no connector." in said and "Testing" not in said, "nor is it tested with the token")

    connect.wants(setup | {"way": "direct"})
    shown, said = connect.run(CHANGES, "--dry-run")
    check("The setup chose direct sync" in said and "STOPS" not in shown, "the other way is told of, and no stop")
    connect.wants(setup | {"scope": {"kind": "chosen", "groups": [], "people": []}})
    shown, _ = connect.run(CHANGES, "--dry-run")
    check("note: Nobody is chosen" in shown, "that nobody is chosen is told of")
    _, said = connect.run(FAILED, "--dry-run", AZURE_CLIENT_ID=sample["clientId"])
    check("Could not sign in as the application of AZURE_CLIENT_ID." in said and "gallery" not in said, "who cannot sign in is told that")
    equal(connectors(person, settings["name"]), [], "nothing was made")


def bystanders(connect, person, sample, setup):
    """Who would be missed is told before there is an application, and afterwards; whose token it is, too."""
    [outer] = person.get("/groups?$filter=displayName%20eq%20'Data%20Platform'")["value"]
    scope = {"kind": "chosen", "groups": [{"id": outer["id"], "name": "Data Platform"}], "people": []}
    connect.wants(setup | {"scope": scope})
    shown, _ = connect.run(CHANGES, "--dry-run")
    check("note: “Data Platform” holds other groups, which Entra does not read; missed by that: " in shown, "who would be missed is named")
    told = json.loads(connect.run(CHANGES, "--dry-run", "--json")[0])
    check(any("missed by that: " in note for note in told["notes"]), "as JSON too")
    member = person.get(f"/groups/{setup['scope']['groups'][0]['id']}/members?$select=id,displayName")["value"][0]
    owner = {"kind": "person", "id": member["id"], "name": member["displayName"]}
    target = sample["workspaceUrl"]
    connect.wants(setup | {"target": target, "connector": setup["connector"] | {"owner": owner}})
    shown, _ = connect.run(FAILED, "--dry-run", DATABRICKS_TOKEN=sample["workspaceToken"])
    check("STOPS: The person whose token is used must not be provisioned" in shown, "the token's owner is a stop")
    connect.wants(setup)


def others(connect, person, sample, setup, record):
    """A connector of others, which the application may not read: it may write to the same target, until somebody says that it does not."""
    status, answer = person.ask("POST", f"/applicationTemplates/{GALLERY}/instantiate", {"displayName": "fabrikam-provisioning"})
    check(status == 201, f"{person.name} makes another connector ({status})")
    stop = "STOPS: Whether “fabrikam-provisioning” writes to the same target could not be read."
    [one] = connectors(person, "contoso-provisioning")

    def notified():
        secrets = person.get(f"/servicePrincipals/{one}/synchronization/secrets")["value"]
        [told] = [json.loads(it["value"])["Recipients"] for it in secrets if it["key"] == "SyncNotificationSettings"]
        return told

    connect.wants(setup | {"connector": setup["connector"] | {"mail": "it@contoso.example"}})
    # What was made a moment ago does not show at once.
    until = time.monotonic() + 60
    while stop not in connect.tried("--dry-run")[1] and time.monotonic() < until:
        time.sleep(1)
    shown, _ = connect.run(FAILED, "--dry-run")
    check(stop in shown, "that it cannot be read is a stop")
    _, said = connect.run(FAILED)
    check(stop.removeprefix("STOPS: ") in said, "for a run as well")
    equal(notified(), "ops@contoso.example", "nothing was written")
    shown, _ = connect.run(CHANGES, "--dry-run", "--others-unread")
    check("STOPS" not in shown, "somebody says that it does not write there")
    connect.run(0, "--others-unread")
    equal(notified(), "it@contoso.example", "then it is written")
    connect.run(NOTHING_TO_DO, "--dry-run", "--others-unread")

    # So before there is an application, by another record. What is known to write there stays a stop.
    apart = ["--dry-run", "--record", record]
    connect.wants(setup | {"connector": setup["connector"] | {"name": "second-provisioning"}})
    shown, _ = connect.run(FAILED, *apart, "--others-unread")
    check("STOPS: The connector “contoso-provisioning” is switched on and writes to the same target." in shown, "a known one stays a stop")
    check("fabrikam" not in shown, "and nothing is said of the other")
    named = setup["connector"] | {"name": "second-provisioning", "owner": {"kind": "no-person"}}
    connect.wants(setup | {"target": sample["workspaceUrl"], "connector": named})
    token = {"DATABRICKS_TOKEN": sample["workspaceToken"]}
    shown, _ = connect.run(FAILED, *apart, **token)
    check(stop in shown, "it is a stop before there is an application")
    connect.run(CHANGES, *apart, "--others-unread", **token)


def run(path, sample, folder):
    """From an application that may only read to people in the account, and a token that is changed."""
    person = Person(sample, "grace@contoso.example", SCOPES)
    [group] = person.get("/groups?$filter=displayName%20eq%20'Data%20Engineers'")["value"]
    members = person.get(f"/groups/{group['id']}/members?$select=id,userPrincipalName")["value"]
    setup = {
        "version": 1,
        "identityManagement": "off",
        "cloud": "global",
        "tenant": sample["tenantId"],
        "target": sample["accountScimUrl"],
        "scope": {"kind": "chosen", "groups": [{"id": group["id"], "name": "Data Engineers"}], "people": []},
        "connector": {"name": "contoso-provisioning", "mail": "ops@contoso.example", "threshold": 50},
    }
    connect = Connect(path, sample, folder, setup)

    # Without the permissions it says which.
    _, said = connect.run(FAILED)
    check("Application.ReadWrite.OwnedBy" in said, "it names the permission that is missing")
    shown, _ = connect.run(FAILED, "--dry-run")
    check("STOPS: The application of AZURE_CLIENT_ID lacks the permission Application.ReadWrite.OwnedBy, the permission AppRole" in shown, "so does a dry run")
    equal(connectors(person, "contoso-provisioning"), [], "nothing was made")
    grants(person, sample["syncClientId"], ROLES)

    # What was granted a moment ago is not in the next token at once.
    until = time.monotonic() + 60
    while connect.tried("--dry-run")[0] == FAILED and time.monotonic() < until:
        time.sleep(1)
    wrong(connect, person, sample, setup)
    bystanders(connect, person, sample, setup)
    shown, _ = connect.run(CHANGES, "--dry-run")
    check("“contoso-provisioning” would be made" in shown, "a dry run says what it would make")
    equal(connectors(person, "contoso-provisioning"), [], "a dry run makes nothing")

    connect.run(0)
    [one] = connectors(person, "contoso-provisioning")
    [job] = person.get(f"/servicePrincipals/{one}/synchronization/jobs")["value"]
    equal(job["schedule"]["state"], "Active", "its job runs")
    held = person.get(f"/servicePrincipals/{one}/appRoleAssignedTo")["value"]
    equal([it["principalId"] for it in held], [group["id"]], "the group is assigned, and nobody else")
    connect.run(NOTHING_TO_DO, "--dry-run")
    # A group that is assigned is not taken away; another one that would be missed is told of in the comparison as well.
    [outer] = person.get("/groups?$filter=displayName%20eq%20'Data%20Platform'")["value"]
    more = {"kind": "chosen", "groups": [*setup["scope"]["groups"], {"id": outer["id"], "name": "Data Platform"}], "people": []}
    connect.wants(setup | {"scope": more})
    told = json.loads(connect.run(CHANGES, "--dry-run", "--json")[0])
    check(any("“Data Platform” holds other groups" in note for note in told["notes"]) and told["unread"] == [], "nested groups are told of, as JSON too")
    connect.wants(setup)
    connect.run(0)
    equal(connectors(person, "contoso-provisioning"), [one], "run again it makes no second one")

    pass_time(sample, 60)
    # Databricks keeps user names in lower case; guests come under their mail address.
    there = people(sample)
    names = [member["userPrincipalName"].lower() for member in members if member.get("userPrincipalName")]
    wanted = {name for name in names if "#ext#" not in name}
    check(len(wanted) > 5 and wanted.issubset(there), f"{len(wanted)} members of the group are in the account")

    # A token that Databricks does not know never takes the good one's place.
    _, said = connect.run(FAILED, "--new-token", DATABRICKS_TOKEN=SECOND)
    check("Databricks does not accept the token" in said, "a wrong token is refused by the test")
    connect.run(0, "--new-token")

    # Narrowed, others would be deactivated: that takes a word, which the dry run asks for as well.
    connect.wants(setup | {"scope": {"kind": "all"}})
    connect.run(0)
    connect.wants(setup)
    shown, _ = connect.run(FAILED, "--dry-run")
    check("STOPS: The connector provisions everybody now" in shown and "restarts: fewer" in shown, "narrowing is shown, and refused")
    _, said = connect.run(FAILED)
    check("Nothing was written." in said, "by a run as well")
    connect.run(CHANGES, "--dry-run", "--narrow")
    others(connect, person, sample, setup | {"scope": {"kind": "all"}}, str(folder / "second"))
