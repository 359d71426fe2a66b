"""A person signed in to the sample tenant: authorization code with PKCE, by the forms of its pages, and then Graph."""

import base64
import hashlib
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from check import check

# Where the application of the sample tenant's own page is at home.
_PAGE = "http://localhost:8080/"
_VERIFIER = "interop-0123456789-0123456789-0123456789-0123456789"


class _Stay(urllib.request.HTTPRedirectHandler):
    """The way back leads to a page that nobody serves here: its address is all that is wanted."""

    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_Stay)


def _send(request):
    """Status, headers and text of an answer of any status."""
    try:
        with _opener.open(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read().decode()


def _post(address, fields, page):
    """The answer to a form, sent as a page at that address sends it."""
    request = urllib.request.Request(address, urllib.parse.urlencode(fields).encode())
    parts = urllib.parse.urlsplit(page)
    request.add_header("Origin", f"{parts.scheme}://{parts.netloc}")
    return _send(request)


def redeems(sample, name, client, page, scopes):
    """Somebody signs in to the page at this address with this application, and consents; what the token endpoint answers."""
    authority = f"{sample['authority']}/{sample['tenantId']}/oauth2/v2.0"
    client = {"client_id": client, "redirect_uri": page}
    challenge = hashlib.sha256(_VERIFIER.encode()).digest()
    asked = client | {
        "response_type": "code",
        "response_mode": "query",
        "scope": " ".join(["openid", *scopes]),
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "account": name,
        "consent": "accept",
    }
    status, headers, text = _post(f"{authority}/authorize", asked, page)
    address, _, query = (headers["location"] or "").partition("?")
    back = urllib.parse.parse_qs(query)
    if address != page or "code" not in back:
        sys.exit(f"interop: {name} cannot sign in: {status} {address} {back or text}")
    redeemed = client | {"grant_type": "authorization_code", "code": back["code"][0], "code_verifier": _VERIFIER}
    status, _, text = _post(f"{authority}/token", redeemed, page)
    return status, json.loads(text)


class Person:
    """Somebody who may manage applications as far as their roles go. An administrator consents to that for everybody."""

    def __init__(self, sample, name, scopes=("Application.ReadWrite.All",)):
        self.name, self.graph, self._scopes = name, sample["graph"], scopes
        until = time.monotonic() + 30
        # What somebody consented to a moment ago is not known at once.
        while not set(scopes).issubset((token := self._sign_in(sample))["scope"].split()):
            if time.monotonic() > until:
                sys.exit(f"interop: {name} may not manage applications, but {token['scope']!r}")
            time.sleep(0.1)
        print(f"  ok: {name} is signed in", flush=True)
        self.token = token["access_token"]

    def _sign_in(self, sample):
        """What the token endpoint answers."""
        scopes = ["User.Read.All", *self._scopes]
        status, answer = redeems(sample, self.name, sample["clientId"], _PAGE, scopes)
        if status != 200:
            sys.exit(f"interop: {self.name} gets no token: {status} {answer}")
        return answer

    def ask(self, method, path, body=None, **headers):
        """Status and JSON answer (None where there is none) of a request below Graph's v1.0."""
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.graph}/v1.0{path}", sent, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name, value)
        status, _, text = _send(request)
        return status, json.loads(text) if text else None

    def get(self, path):
        """The answer to a GET that has to succeed."""
        status, answer = self.ask("GET", path)
        check(status == 200, f"{self.name} reads {path} ({status})")
        return answer
