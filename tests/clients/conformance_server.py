"""Serve a back-end that the official conformance suite (openeo-test-suite) can log in to.

    python tests/clients/conformance_server.py --port 8080

Prints the URL to give to the suite, and runs until Ctrl-C. The suite logs in by OpenID Connect, with the
client credentials that every back-end takes.
"""

import argparse
import threading
from dataclasses import replace
from datetime import UTC, datetime

from mock_backend import JobPlan, MockBackend
from mock_backend.catalog import Collection, CollectionsRegister
from mock_backend.clock import Clock

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


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--processes", metavar="FOLDER", help="offer the definitions in this folder")
    options = parser.parse_args()
    with MockBackend(
        f"https://conformance.test{PATH}",
        clock=Clock(datetime.now(UTC), rate=1),
        plan=PLAN,
        registers=[ClosedCollections],
    ) as backend:
        if options.processes is not None:
            backend.add_processes(options.processes)
        print(f"{backend.live(port=options.port).url}{PATH}/", flush=True)
        client = backend.oidc.clients["openeo-service"]
        print(f"Provider {backend.oidc.id!r}, client {client.id!r}, secret {client.secret!r}.", flush=True)
        print("Stop with Ctrl-C.", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Stopped.")


if __name__ == "__main__":
    main()
