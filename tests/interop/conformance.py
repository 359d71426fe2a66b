"""scim2-tester, which checks SCIM servers against RFC 7643 and 7644, on the sample tenant's Databricks at both levels.

The sample is reached through a pipe on which this file tells the time. So nothing has to be waited for: writes have
reached every node, and the published limits have let go, before the next request comes. What each check must find
stands in `expectations.py`, with the reason wherever Databricks is not as the standards say.
"""

import json
import random
import re
import subprocess
import urllib.parse

from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import check_server

from check import equal
from expectations import ACCOUNT, WORKSPACE
from resources import provider

# Seconds between two requests: more than any limit or delay of the sample.
STEP = 120


class Pipe:
    """The sample tenant as a WSGI application, one request after the other, each later than the one before."""

    def __init__(self, program):
        self._program = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.facts = json.loads(self._program.stdout.readline())
        self._now = 1_795_430_000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._program.stdin.close()
        self._program.wait(timeout=20)

    def ask(self, method, path, headers, body=""):
        """One request and its answer."""
        self._now += STEP
        asked = {"now": self._now, "method": method, "path": path, "headers": headers, "body": body}
        print(json.dumps(asked), file=self._program.stdin, flush=True)
        return json.loads(self._program.stdout.readline())

    def __call__(self, environ, start_response):
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        headers = [(key[5:].lower().replace("_", "-"), environ[key]) for key in environ if key.startswith("HTTP_")]
        headers.append(("content-type", environ.get("CONTENT_TYPE", "")))
        body = environ["wsgi.input"].read().decode()
        answer = self.ask(environ["REQUEST_METHOD"], f"{path}?{query}" if query else path, headers, body)
        start_response(f"{answer['status']} -", [tuple(pair) for pair in answer["headers"]])
        return [answer["body"].encode()]


def plain(reason):
    """A check's words without what is another in each run: ids, GUIDs."""
    reason = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "#", reason or "")
    return re.sub(r"\b\d{16,}\b", "#", reason)


def found(level, program):
    """What scim2-tester finds at a level: resource, check, status, words."""
    # Each run draws the same values.
    random.seed(7643)
    with Pipe(program) as pipe:
        facts = pipe.facts
        base, token = {
            "account": (f"/api/2.1/accounts/{facts['accountId']}/scim/v2", facts["accountToken"]),
            "workspace": ("/api/2.0/preview/scim/v2", facts["workspaceToken"]),
        }[level]
        authorization = {"authorization": f"Bearer {token}"}
        query = urllib.parse.urlencode({"filter": 'userName eq "reader@contoso.example"'})
        reader = json.loads(pipe.ask("GET", f"{base}/Users?{query}", list(authorization.items()))["body"])
        client = WSGISCIMClient(
            pipe,
            base_url=f"http://localhost{base}",
            headers=authorization,
            provider=provider(level, reader["Resources"][0]["id"]),
        )
        return [(one.resource_type, one.title, one.status.name, plain(one.reason)) for one in check_server(client)]


def expected(table):
    """A table of expectations, line by line as scim2-tester reports; the reason is None for what must succeed."""
    for (resource, title), lines in table.items():
        for line in lines:
            words, because = (line, None) if isinstance(line, str) else line
            yield (resource, title, "ERROR" if because else "SUCCESS", words), because


def run(program):
    """Both levels."""
    for level, table in (("account", ACCOUNT), ("workspace", WORKSPACE)):
        lines = list(expected(table))
        results = found(level, program)
        for result, (wanted, because) in zip(results, lines, strict=False):
            first = result[3].splitlines()[0]
            equal(result, wanted, f"{level}: {first} ({because})" if because else f"{level}: {first}")
        equal(len(results), len(lines), f"{level}: {len(lines)} checks, no more and no fewer")
