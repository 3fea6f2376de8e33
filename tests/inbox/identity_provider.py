"""An OpenID provider on loopback, as the tests need one: real keys, real signatures, and faults on request.

It approves whoever `who` names. `faults` bend the id token the way an attacker or a broken provider would.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "kentongan", "rahasia-klien-hanya-untuk-uji-coba"


class Provider:
    def __init__(self) -> None:
        self.who: dict[str, Any] = {"sub": "s-1", "preferred_username": "sari", "groups": ["kentongan-dpupr"]}
        self.fault = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.keys: list[RSAKey] = []
        self.rotate()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.described = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
        }

    def rotate(self) -> None:
        """A new signing key; the old one is published no longer."""
        self.keys = [RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})]

    def authorize(self, query: dict[str, str]) -> str:
        """The address that the browser is sent back to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code once, with the client's secret and the verifier that fits its challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        if given != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if asked is None or challenge.decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 60}
        return 200, answer if self.fault == "no id token" else {**answer, "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce, **self.who}
        claims.update({"nonce": {"nonce": "lain"}, "audience": {"aud": "aplikasi-lain"}, "issuer": {"iss": "https://lain.example"},
                       "azp": {"aud": ["aplikasi-lain"], "azp": CLIENT}, "expired": {"exp": now - 3600, "iat": now - 7200},
                       "no subject": {"sub": None}}.get(self.fault, {}))
        if self.fault == "no nonce":
            del claims["nonce"]
        if self.fault == "no expiry":
            del claims["exp"]
        if self.fault == "unsigned":
            return ".".join([_part({"alg": "none", "typ": "JWT"}), _part(claims), ""])
        if self.fault == "signed with the secret":
            return str(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"]))
        key = RSAKey.generate_key(2048, {"kid": self.keys[0].kid}) if self.fault == "foreign key" else self.keys[0]
        return str(jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                provider.asked.append(path)
                if path == "/.well-known/openid-configuration":
                    self.answer(200, provider.described)
                elif path == "/jwks":
                    self.answer(200, {"keys": [key.as_dict(private=False) for key in provider.keys]})
                elif path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(_flat(urlsplit(self.path).query)))
                    self.end_headers()
                else:
                    self.answer(404, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(*provider.token(_flat(body), self.headers.get("Authorization", "")))

            def answer(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
