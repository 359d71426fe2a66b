"""The program and its sample tenant against software that nobody here wrote. Ends with 0 when all is well.

- scim2-tester on the sample tenant's Databricks, both levels (`conformance.py`)
- Databricks' own Python SDK on the sample tenant's Databricks, both levels (`sdk.py`)
- the commands that register the application, by real shells with the real `az rest` (`commands.py`)
- `scim-setup connect` on the sample tenant, from an application without the permission to people in the account (`connector.py`),
  and on a connector that somebody else made (`owned.py`); what the documents say of trying it there (`recipe.py`)
- the program on scim2-server: plan, apply, and a second plan that finds nothing to do (this file); the source is the
  sample tenant's Graph
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import uuid

import commands
import conformance
import connector
import owned
import recipe
import sdk
from check import check
from server import AccountServer

ACCOUNT = "5f0c3a1e-7d42-4c1b-9a53-2f6e8b7d9c10"
TOKEN = "dsapi-interop-0123456789abcdef"

NOTHING_TO_DO, CHANGES = 0, 2


def check_server(server):
    """The server of others stands where Databricks would, speaks SCIM, is empty and wants a token."""
    config = server.get("/ServiceProviderConfig")
    check(config["patch"]["supported"] and config["filter"]["supported"], "scim2-server supports patch and filter")
    check(server.get("/Users?count=1")["totalResults"] == 0, "scim2-server has no user yet")
    check(server.get("/Groups?count=1")["totalResults"] == 0, "scim2-server has no group yet")
    try:
        server.get("/Users", token="another")
        refused = False
    except urllib.error.HTTPError as error:
        refused = error.code == 401
    check(refused, "scim2-server refuses another token")


class Program:
    """The program under test with its environment: the credentials of the sample tenant and of the server."""

    def __init__(self, path, sample, server):
        self.path = path
        self.where = [
            "--authority", sample["authority"],
            "--graph", sample["graph"],
            "--databricks", server.origin,
        ]  # fmt: skip
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
        self.environment |= {
            "AZURE_TENANT_ID": sample["tenantId"],
            "AZURE_CLIENT_ID": sample["syncClientId"],
            "AZURE_CLIENT_SECRET": sample["syncClientSecret"],
            "DATABRICKS_HOST": server.origin,
            "DATABRICKS_ACCOUNT_ID": server.account,
            "DATABRICKS_TOKEN": server.token,
        }

    def run(self, expected, *words):
        """Runs one command to its end, shows what it said, and checks its exit code and that no secret was said."""
        line = f"scim-setup {words[0]}"
        ran = subprocess.run(
            [self.path, *words], env=self.environment, capture_output=True, text=True, timeout=600
        )
        said = ran.stdout + ran.stderr
        if ran.returncode != expected:
            print(said, file=sys.stderr)
        check(ran.returncode == expected, f"`{line}` ends with {ran.returncode} (expected {expected})")
        for name in ("AZURE_CLIENT_SECRET", "DATABRICKS_TOKEN"):
            check(self.environment[name] not in said, f"`{line}` does not print {name}")
        return ran.stdout


def counts(plan):
    """How many users, groups and memberships the plan creates."""
    made = collections.Counter(operation["change"] for operation in plan["operations"])
    members = sum(len(operation.get("members", [])) for operation in plan["operations"])
    return made["createUser"], made["createGroup"], members


def scenario(path, sample, folder):
    """Plan, apply, plan again."""
    with AccountServer(ACCOUNT, TOKEN) as server:
        check_server(server)
        program = Program(path, sample, server)
        plan_file = folder / "plan.json"

        program.run(0, "check", *program.where)
        check(server.writes == 0, "checking wrote nothing")
        program.run(CHANGES, "plan", "--everyone", "--out", str(plan_file), *program.where)
        check(server.writes == 0, "planning wrote nothing")
        text = plan_file.read_text(encoding="utf-8")
        check(TOKEN not in text and sample["syncClientSecret"] not in text, "the plan holds no secret")
        users, groups, memberships = counts(json.loads(text)["plan"])
        check(users > 400 and groups > 20, f"the plan creates {users} users and {groups} groups: the whole sample")

        program.run(0, "apply", "--plan", str(plan_file))
        there = {kind: server.all(kind) for kind in ("Users", "Groups")}
        check(len(there["Users"]) == users, f"the server holds {len(there['Users'])} users, as planned")
        check(len(there["Groups"]) == groups, f"the server holds {len(there['Groups'])} groups, as planned")
        check(all(one.get("externalId") for kind in there.values() for one in kind), "each carries its externalId")
        known = {one["id"] for kind in there.values() for one in kind}
        members = [member["value"] for group in there["Groups"] for member in group.get("members", [])]
        check(len(members) == memberships, f"the server holds {len(members)} memberships, as planned")
        check(known.issuperset(members), "each leads to somebody who is there")

        before = server.writes
        program.run(NOTHING_TO_DO, "plan", "--everyone", *program.where)
        check(server.writes == before, "the second plan found nothing to do and wrote nothing")


def first_json(lines):
    """The first JSON object that a program prints, on one line or many; None if it ends before."""
    text = ""
    for line in lines:
        text += line
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            continue
    return None


class SampleTenant:
    """The program's sample tenant on free loopback ports."""

    def __init__(self, program, *words):
        command = [program, "sample", "--port", "0", "--json", *words]
        # For whoever wants to hold its exchanges against a published description: a file each in that folder.
        if folder := os.environ.get("SCIM_SETUP_RECORD"):
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            command += ["--record", str(pathlib.Path(folder) / f"{uuid.uuid4()}.jsonl")]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        facts = first_json(self._process.stdout)
        check(facts, "the sample tenant answers and prints its facts")
        return facts

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=20)


def main():
    """Runs everything, or only what is named."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", type=pathlib.Path, required=True, help="the program scim-setup")
    arguments.add_argument("--pipe", type=pathlib.Path, required=True, help="the sample crate's example `pipe`")
    arguments.add_argument("--command", type=pathlib.Path, required=True, help="the engine's example `command`")
    arguments.add_argument("--only", choices=["conformance", "sdk", "commands", "connector", "program"], help="run one part")
    options = arguments.parse_args()
    program = str(options.program.resolve())

    def part(name):
        chosen = options.only in (None, name)
        if chosen:
            print(f"{name}:", flush=True)
        return chosen

    if part("conformance"):
        conformance.run(str(options.pipe.resolve()))
    if part("sdk"):
        with SampleTenant(program, "--people", str(sdk.PEOPLE)) as facts:
            sdk.run(facts)
    if part("commands"):
        commands.run(str(options.command.resolve()), lambda: SampleTenant(program))
    if part("connector"):
        with SampleTenant(program, "--people", "24", "--groups", "4") as facts, tempfile.TemporaryDirectory() as folder:
            connector.run(program, facts, pathlib.Path(folder))
        with SampleTenant(program, "--people", "24", "--groups", "4") as facts, tempfile.TemporaryDirectory() as folder:
            owned.run(program, facts, pathlib.Path(folder))
        with tempfile.TemporaryDirectory() as folder:
            recipe.run(program, pathlib.Path(folder))
    if part("program"):
        with SampleTenant(program) as facts, tempfile.TemporaryDirectory() as folder:
            scenario(program, facts, pathlib.Path(folder))
    print("interop: all is well")


if __name__ == "__main__":
    main()
