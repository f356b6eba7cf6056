"""Serve a back-end that the official conformance suite (openeo-test-suite) can log in to.

    python tests/clients/conformance_server.py --port 8080

Prints the URL to give to the suite, and runs until Ctrl-C. The suite logs in by OpenID Connect, which
the back-end does not speak yet; a stand-in issuer (``oidc_issuer.py``) does it for both.
"""

import argparse
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from oidc_issuer import Issuer

from mock_backend import JobPlan, MockBackend
from mock_backend.auth import Authenticator, User
from mock_backend.catalog import Collection, CollectionsRegister
from mock_backend.clock import Clock
from mock_backend.errors import TokenInvalid
from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister

PROVIDER = "stand-in"
CLIENT, SECRET = "suite", "suite-secret"

#: The suite builds its URLs from one whose path contains "openeo", and ends with a slash.
PATH = "/openeo/1.2"

#: It polls once a second and wants to see a job running.
PLAN = JobPlan(queued="1s", running="4s")


class ClosedCollections(CollectionsRegister):
    """Collections that all have an end.

    The suite reads the specification as OpenAPI 3.1, where its ``nullable`` means nothing, and
    so takes no open end of a temporal extent. Others take it, and real back-ends have it.
    """

    def collections(self) -> dict[str, Collection]:
        """Return the collections with an end of time where they have none."""
        return {
            name: replace(each, until=each.until or "2049-12-31T23:59:59Z")
            for name, each in super().collections().items()
        }


def providers_of(issuer: Issuer) -> type[EndpointRegister]:
    """Return a register that lists one issuer."""

    class Providers(EndpointRegister):
        """Serve ``/credentials/oidc``."""

        def _initialize_endpoints(self) -> list[Endpoint]:
            return [Endpoint(path="/credentials/oidc", methods=("GET",), handler="list_providers")]

        def list_providers(self) -> dict[str, Any]:
            """List the issuers whose tokens the back-end takes."""
            provider = {"id": PROVIDER, "issuer": issuer.url, "title": "Stand-in", "scopes": ["openid"]}
            return {"providers": [provider]}

    return Providers


def authentication_by(issuer: Issuer) -> Callable[[Request], Awaitable[User]]:
    """Return a dependency that takes the issuer's tokens beside those of basic authentication."""
    prefix = f"Bearer oidc/{PROVIDER}/"

    async def authenticate(request: Request) -> User:
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith(prefix):
            return await Authenticator.validate(request)
        user = issuer.user_of(authorization.removeprefix(prefix))
        if user is None:
            raise TokenInvalid
        return User(user_id=user, name=user)

    return authenticate


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--processes", metavar="FOLDER", help="offer the definitions in this folder")
    options = parser.parse_args()
    with (
        Issuer({CLIENT: SECRET}) as issuer,
        MockBackend(
            f"https://conformance.test{PATH}",
            clock=Clock(datetime.now(UTC), rate=1),
            plan=PLAN,
            registers=[ClosedCollections, providers_of(issuer)],
            authenticate=authentication_by(issuer),
        ) as backend,
    ):
        if options.processes is not None:
            backend.add_processes(options.processes)
        print(f"{backend.live(port=options.port).url}{PATH}/", flush=True)
        print(f"Client {CLIENT!r}, secret {SECRET!r}, provider {PROVIDER!r}. Stop with Ctrl-C.", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Stopped.")


if __name__ == "__main__":
    main()
