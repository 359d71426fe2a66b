"""The two commands of "With one command", exactly as the page prints them.

The one for the Azure CLI is run by real shells with the real `az rest` against the sample tenant: where there is nothing,
where there is all, where somebody else made half of it, at a terminal and without one, and for a person without a role. Then somebody signs in with
what it made.
Its lines, and PowerShell's, are read by shellcheck and by tree-sitter's grammar of PowerShell; PowerShell itself is not here.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import tree_sitter
import tree_sitter_powershell
from check import check, equal
from person import Person, redeems

PAGE = "https://wizard.contoso.example/"
APPLICATION = "/applications(uniqueName='scim-setup-page')"
GRAPH = "00000003-0000-0000-c000-000000000000"
# User.Read, User.Read.All, GroupMember.Read.All: the ids are the same in every tenant.
SCOPES = {
    "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
    "a154be20-db9c-4678-8ab7-66f6cc099a59",
    "bc024368-1153-4739-b217-4326f2e966d0",
}
NAMES = {"User.Read", "User.Read.All", "GroupMember.Read.All"}
KEPT_ADDRESS = "https://kept.contoso.example/"
# What somebody else made under the key: half of what is needed, the page's address where it does not work, and a name that
# would clear the screen, begin a line and turn the writing round.
PLANTED = {
    "displayName": "Planted \x1b[2Jby\nÜma\u202e\x9b",
    "signInAudience": "AzureADMultipleOrgs",
    "spa": {"redirectUris": [KEPT_ADDRESS]},
    "web": {"redirectUris": [PAGE]},
    "tags": ["kept"],
    "requiredResourceAccess": [
        {"resourceAppId": GRAPH, "resourceAccess": [{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}]}
    ],
}


class Commands:
    """The engine's example `command`: prints what the page shows, and reads what people paste into it."""

    def __init__(self, path):
        self._path = path

    def printed(self, shell, graph):
        """The command in the words of `azure` or `powershell`."""
        return subprocess.run(
            [self._path, shell, graph, PAGE], check=True, capture_output=True, encoding="utf-8"
        ).stdout

    def read(self, pasted):
        """Cloud, tenant and application that the page reads out of what was pasted."""
        told = subprocess.run([self._path, "answer", PAGE], input=pasted, capture_output=True, encoding="utf-8")
        check(told.returncode == 0, f"the page reads the line that was printed {told.stdout.strip()}")
        return told.stdout.split()


class Terminal:
    """Where the command is run: a folder with `az` and one kind of `sh` before all others."""

    def __init__(self, folder, shell, text):
        self._shell, self._folder = shell, folder / pathlib.Path(shell).name
        self._folder.mkdir()
        (self._folder / "sh").symlink_to(shell)
        az = self._folder / "az"
        here = pathlib.Path(__file__).parent
        az.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{here / 'az.py'}' \"$@\"\n", encoding="utf-8")
        az.chmod(0o755)
        self._command = self._folder / "command"
        self._command.write_text(text, encoding="utf-8")

    def run(self, person, typed=None, cut=False):
        """Exit code and what was printed on both outputs. With `typed`, input is a terminal at which that was typed. With `cut`,
        nothing gets through after the first change."""
        environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ} | {
            "PATH": f"{self._folder}{os.pathsep}{os.environ['PATH']}",
            "AZURE_CONFIG_DIR": str(self._folder / "azure"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "PYTHONDONTWRITEBYTECODE": "1",
            "INTEROP_GRAPH": person.graph,
            "INTEROP_TOKEN": person.token,
        }
        if cut:
            environment["INTEROP_CUT"] = str(self._folder / "cut")
        if typed is None:
            return self._run(environment, subprocess.DEVNULL)
        ours, theirs = os.openpty()
        try:
            os.write(ours, typed.encode())
            return self._run(environment, theirs)
        finally:
            os.close(ours)
            os.close(theirs)

    def _run(self, environment, stdin):
        ran = subprocess.run(
            [self._shell, self._command],
            env=environment,
            stdin=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        return ran.returncode, ran.stdout, ran.stderr


def syntax(commands, folder, shells):
    """What the commands are made of is right before anything is run."""
    azure = commands.printed("azure", "https://graph.microsoft.com")
    lines = azure.rstrip("\n").split("\n")
    equal((lines[0], lines[-1]), ("sh /dev/fd/3 3<<'END'", "END"), "the command is handed to `sh` as a whole")
    inner = folder / "inner.sh"
    inner.write_text("\n".join(lines[1:-1]) + "\n", encoding="utf-8")
    for shell in shells:
        read = subprocess.run([shell, "-n", inner], capture_output=True, encoding="utf-8")
        equal((read.returncode, read.stderr), (0, ""), f"{pathlib.Path(shell).name} reads it")
    shellcheck = pathlib.Path(sys.executable).with_name("shellcheck")
    found = subprocess.run([shellcheck, "--shell=sh", inner], capture_output=True, encoding="utf-8")
    equal((found.returncode, found.stdout), (0, ""), "shellcheck has nothing to say")

    language = tree_sitter.Language(tree_sitter_powershell.language())
    text = commands.printed("powershell", "https://graph.microsoft.com").encode()
    tree = tree_sitter.Parser(language).parse(text)
    equal(errors(tree.root_node), [], "PowerShell's grammar reads the other command")
    broken = tree_sitter.Parser(language).parse(text.replace(b"try {", b"try (", 1))
    check(errors(broken.root_node), "and that grammar refuses one with a wrong bracket")


def errors(node):
    """The places that a grammar could not read."""
    if not node.has_error:
        return []
    own = [(node.start_point, node.text)] if node.is_error or node.is_missing else []
    return own + [error for child in node.children for error in errors(child)]


def shown(person, path, status=200, holds=lambda _: True):
    """An object once Graph shows it, and as it should be, or a refusal: changes take a moment to be seen."""
    until = time.monotonic() + 30
    while True:
        found, answer = person.ask("GET", path)
        if found == status and holds(answer):
            return answer
        if time.monotonic() > until:
            sys.exit(f"interop: Graph does not come to show {path}: {found} {answer}")
        time.sleep(0.1)


def principal_of(application):
    """Where an application's service principal is."""
    return f"/servicePrincipals(appId='{application['appId']}')"


def signs_in(sample, application):
    """The proof that the page's step 2 ends in: who signs in with the application gets a token for what it asks for."""
    status, answer = redeems(sample, "ada@contoso.example", application["appId"], PAGE, NAMES)
    check(status == 200, f"an administrator signs in to the page with it ({status} {answer.get('error_description')})")
    held = {scope.rsplit("/", 1)[-1] for scope in answer["scope"].split()} - {"openid", "profile", "email"}
    equal((answer["token_type"], held), ("Bearer", NAMES), "and gets a token for exactly the three permissions")


def from_nothing(commands, sample, folder, shells):
    """A first run makes everything, and a second one nothing more."""
    ada = Person(sample, "ada@contoso.example")
    text = commands.printed("azure", sample["graph"])
    made = None
    for shell in shells:
        name = pathlib.Path(shell).name
        code, line, said = Terminal(folder, shell, text).run(ada)
        check(code == 0, f"{name}: the command ends well {said}")
        application = shown(ada, APPLICATION)
        equal(
            commands.read(said + line),
            ["sample", sample["tenantId"], application["appId"]],
            f"{name}: the page takes the tenant and the application out of all that was printed",
        )
        wanted = {
            "displayName": "Databricks SCIM Setup",
            "signInAudience": "AzureADMyOrg",
            "spa": {"redirectUris": [PAGE]},
            "publicClient": {"redirectUris": []},
            "tags": ["scim-setup-page"],
            "passwordCredentials": [],
        }
        equal({key: application[key] for key in wanted}, wanted, f"{name}: the application is as it should be")
        (access,) = application["requiredResourceAccess"]
        asked = {(it["id"], it["type"]) for it in access["resourceAccess"]}
        equal(
            (access["resourceAppId"], asked),
            (GRAPH, {(scope, "Scope") for scope in SCOPES}),
            f"{name}: it asks for three permissions",
        )
        principal = shown(ada, principal_of(application))
        equal(
            principal["tags"],
            ["WindowsAzureActiveDirectoryIntegratedApp"],
            f"{name}: it shows under enterprise applications",
        )
        if made is None:
            made = (application, principal)
            equal(said, "", f"{name}: nothing but the line is printed")
            continue
        equal((application, principal), made, f"{name}: run again, it changes nothing")
        named = ada.get("/applications?$filter=displayName%20eq%20'Databricks%20SCIM%20Setup'")["value"]
        equal(len(named), 1, f"{name}: and makes no second application")
        equal(
            said,
            f'There is one already: "Databricks SCIM Setup", made {application["createdDateTime"]}, secrets: 0, '
            "owners: none. It is used and mended; it should have no secret.\n",
            f"{name}: it says that there is one",
        )
    signs_in(sample, made[0])


def from_half(commands, sample, folder, shell):
    """What somebody else made is shown, changed by those who may after a yes, and completed without loss."""
    # Ada comes first: with her sign-in she consents for everybody.
    ada, uma, otto = (Person(sample, f"{name}@contoso.example") for name in ("ada", "uma", "otto"))
    status, _ = uma.ask("PATCH", APPLICATION, PLANTED, Prefer="create-if-missing")
    equal(status, 201, "Uma makes an application under the page's key")
    made = shown(ada, APPLICATION)
    status, _ = uma.ask("POST", f"/applications/{made['id']}/addPassword", {})
    equal(status, 200, "and knows a secret of it")
    before = shown(ada, APPLICATION, holds=lambda it: it["passwordCredentials"])
    terminal = Terminal(folder, shell, commands.printed("azure", sample["graph"]))

    # Whoever planted it may wait at an address of their own.
    note = (
        f'There is one already: "Planted ?[2Jby ??ma?????", made {before["createdDateTime"]}, secrets: 1, '
        "owners: uma@contoso.example. It is used and mended; it should have no secret.\n"
        f"Sign-ins may end at these addresses too: {KEPT_ADDRESS}. Whoever answers there can act for those who sign in: stop if "
        "you do not know them.\n"
        "It takes accounts of other tenants too: AzureADMultipleOrgs.\n"
    )
    code, line, said = terminal.run(otto)
    check(code != 0 and line == "", "a person without a role gets no line")
    *first, refusal, _, _ = said.splitlines()
    advice = said.splitlines()[-2:]
    equal("".join(f"{line}\n" for line in first), note, "they are told of what is there")
    forbidden = refusal.startswith("ERROR: Forbidden(") and "Authorization_RequestDenied" in refusal
    check(forbidden, f"what Graph said is shown: {refusal}")
    equal(
        advice,
        [
            "You may not do this. It takes the role Cloud Application Administrator; to make a new one, Application "
            "Developer.",
            'If you have the role on request, activate it and run "az login" again. If not, send this to somebody who '
            "has it.",
        ],
        "and they are told what to do",
    )

    ask = "Type yes to go on, no to stop: "
    code, line, said = terminal.run(ada, typed="\nno\n")
    equal((code, line), (1, ""), "at a terminal, who does not say yes gets no line")
    equal(said, note + ask + ask + "Nothing was changed.\n", "and reads why")
    equal(ada.get(APPLICATION), before, "nothing was changed until here")
    equal(ada.ask("GET", principal_of(before))[0], 404, "there is no service principal until here")

    code, line, said = terminal.run(ada, typed="yes\n")
    equal((code, said), (0, note + ask), "after a yes it goes on")
    equal(commands.read(line), ["sample", sample["tenantId"], before["appId"]], "the page takes what was there")
    mended = {
        "spa": {"redirectUris": [KEPT_ADDRESS, PAGE]},
        "web": before["web"] | {"redirectUris": []},
        "tags": ["kept", "scim-setup-page"],
    }
    equal(ada.get(APPLICATION), before | mended, "what was missing is there, and all else is as it was")
    shown(ada, principal_of(before))
    signs_in(sample, before)


def from_web(commands, sample, folder, shell):
    """Where the page's address stands under Web nobody can sign in to the page; afterwards they can."""
    ada, uma = (Person(sample, f"{name}@contoso.example") for name in ("ada", "uma"))
    status, _ = uma.ask("PATCH", APPLICATION, PLANTED | {"spa": {"redirectUris": []}}, Prefer="create-if-missing")
    equal(status, 201, "Uma makes an application with the page's address under Web")
    before = shown(ada, APPLICATION)
    status, answer = redeems(sample, "uma@contoso.example", before["appId"], PAGE, ["User.Read"])
    equal(
        (status, answer.get("error"), answer.get("error_codes")),
        (400, "invalid_request", [9002326]),
        "nobody gets a token with it: AADSTS9002326",
    )
    code, line, said = Terminal(folder, shell, commands.printed("azure", sample["graph"])).run(ada)
    check(code == 0, f"the command ends well {said}")
    equal(commands.read(line), ["sample", sample["tenantId"], before["appId"]], "with the same application")
    signs_in(sample, shown(ada, APPLICATION, holds=lambda it: it["spa"]["redirectUris"] == [PAGE]))


def cut_off(commands, sample, folder, shell):
    """A run that ends after its first change leaves what carries the tag, and the next one completes that."""
    ada = Person(sample, "ada@contoso.example")
    terminal = Terminal(folder, shell, commands.printed("azure", sample["graph"]))
    code, line, said = terminal.run(ada, cut=True)
    check(code != 0 and line == "", f"a run that is cut off prints no line {said}")
    half = shown(ada, APPLICATION)
    equal((half["tags"], half["spa"]["redirectUris"]), (["scim-setup-page"], []), "what it left carries the tag")
    code, line, _ = terminal.run(ada)
    equal(code, 0, "run again, it ends well")
    equal(commands.read(line), ["sample", sample["tenantId"], half["appId"]], "with the same application")
    whole = shown(ada, APPLICATION, holds=lambda it: it["spa"]["redirectUris"])
    equal(whole["tags"], ["scim-setup-page"], "and the tag stands there once")
    signs_in(sample, whole)


def run(path, tenant):
    """Everything. `tenant` opens a new sample tenant."""
    if os.name == "nt":
        print("  not tried: the command for the Azure CLI wants a POSIX shell", flush=True)
        return
    commands = Commands(path)
    shells = [shell for shell in map(shutil.which, ("dash", "bash")) if shell]
    check(len(shells) == 2, "dash and bash are installed")
    with tempfile.TemporaryDirectory() as folder:
        syntax(commands, pathlib.Path(folder), shells)
    with tenant() as sample, tempfile.TemporaryDirectory() as folder:
        from_nothing(commands, sample, pathlib.Path(folder), shells)
    with tenant() as sample, tempfile.TemporaryDirectory() as folder:
        from_half(commands, sample, pathlib.Path(folder), shells[1])
    with tenant() as sample, tempfile.TemporaryDirectory() as folder:
        from_web(commands, sample, pathlib.Path(folder), shells[0])
    with tenant() as sample, tempfile.TemporaryDirectory() as folder:
        cut_off(commands, sample, pathlib.Path(folder), shells[0])
