"""scim2-server in memory, under the path of a Databricks account, on a free loopback port."""

import json
import threading
import urllib.request
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *words):
        """Says nothing: a line for each of a thousand requests helps nobody."""


class AccountServer:
    """A SCIM server that stands where Databricks' account SCIM would: `{origin}/api/2.1/accounts/{account}/scim/v2`.

    What it knows of SCIM is all scim2-server's own: the default schemas, resource types and rules of RFC 7643 and 7644.
    """

    def __init__(self, account, token):
        self.account, self.token = account, token
        self.storage = InMemoryStorage()
        self.writes = 0
        self._application = BearerTokenApplication(self.storage, load_default_provider(), bearer_tokens=[token])
        # scim2-server serves /v2 below the place where it is mounted.
        self._mount = f"/api/2.1/accounts/{account}/scim"

    def __enter__(self):
        self._server = make_server(
            "127.0.0.1", 0, self._serve, server_class=_ThreadingServer, handler_class=_QuietHandler
        )
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.base = f"{self.origin}{self._mount}/v2"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if not path.startswith(f"{self._mount}/v2/"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"Nothing but the SCIM of one account is served here.\n"]
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._mount
        environ["PATH_INFO"] = path.removeprefix(self._mount)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            self.writes += 1
        return self._application(environ, start_response)

    def get(self, path, token=None):
        """The JSON answer to a GET below the SCIM base. Raises urllib's HTTPError for statuses from 400."""
        request = urllib.request.Request(self.base + path)
        request.add_header("Authorization", f"Bearer {token or self.token}")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def all(self, kind):
        """Every resource of `Users` or `Groups`, page by page, as a client sees them."""
        found = []
        while True:
            page = self.get(f"/{kind}?startIndex={len(found) + 1}&count=100")
            found += page.get("Resources", [])
            if len(found) >= page["totalResults"] or not page.get("Resources"):
                return found
