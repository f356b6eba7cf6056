"""A stand-in for an OpenID Connect issuer: discovery, client credentials, user info, on a loopback port.

The official conformance suite logs in by OpenID Connect only. This is no implementation of it: tokens
are opaque, nothing is signed, and whoever knows a client's secret gets one.
"""

import base64
import json
import secrets
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote

TOKEN_LIFETIME = 3600


class Issuer:
    """An issuer on a free loopback port, from entering the block to leaving it.

    Args:
        clients: Secrets by client id; a client is its own user.
    """

    def __init__(self, clients: Mapping[str, str]) -> None:
        self._clients = dict(clients)
        self._users: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="oidc-issuer", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def user_of(self, token: str) -> str | None:
        """Return whom an access token was given to; None if it is not one of this issuer's."""
        return self._users.get(token)

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document."""
        return {
            "issuer": self.url,
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": ["openid"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }

    def grant(self, form: Mapping[str, str]) -> tuple[HTTPStatus, dict[str, Any]]:
        """Answer a token request: status and document (RFC 6749, 4.4 and 5.2)."""
        if form.get("grant_type") != "client_credentials":
            return HTTPStatus.BAD_REQUEST, {"error": "unsupported_grant_type"}
        client = form.get("client_id", "")
        if client not in self._clients or form.get("client_secret") != self._clients[client]:
            return HTTPStatus.UNAUTHORIZED, {"error": "invalid_client"}
        token = secrets.token_urlsafe(24)
        self._users[token] = client
        return HTTPStatus.OK, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME}

    def _handler(issuer) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    self._answer(HTTPStatus.OK, issuer.discovery())
                elif self.path == "/userinfo":
                    user = issuer.user_of(self.headers.get("Authorization", "").removeprefix("Bearer "))
                    found = (HTTPStatus.OK, {"sub": user, "name": user})
                    self._answer(*(found if user else (HTTPStatus.UNAUTHORIZED, {"error": "invalid_token"})))
                else:
                    self._answer(HTTPStatus.NOT_FOUND, {"error": "not_found"})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                if self.path != "/token":
                    self._answer(HTTPStatus.NOT_FOUND, {"error": "not_found"})
                    return
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._answer(*issuer.grant(form | _basic(self.headers.get("Authorization", ""))))

            def _answer(self, status: HTTPStatus, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler


def _basic(authorization: str) -> dict[str, str]:
    """Return client id and secret of an HTTP Basic header (``client_secret_basic``)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    client, _, secret = base64.b64decode(encoded).decode().partition(":")
    return {"client_id": unquote(client), "client_secret": unquote(secret)}
