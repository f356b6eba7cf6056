"""Processes by namespace: those that users have made public, and those of providers.

The specification has no such operations; openeo-python-driver has them, and the openeo client asks for them.
"""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from mock_backend.errors import ProcessUnsupported
from mock_backend.profiles import CatalogueData

_USER = "u:"


class StoredProcesses(Protocol):
    """The processes that users have stored."""

    def of(self, user_id: str) -> Mapping[str, dict[str, Any]]:
        """Return the processes of a user by id."""


def public_processes(
    namespace: str,
    stored: StoredProcesses,
    predefined: Mapping[str, Any],
    catalogue: CatalogueData,
    base: str,
) -> dict[str, dict[str, Any]]:
    """Return the processes of a namespace by id.

    Args:
        namespace: ``u:`` and a user's id, ``backend``, or one that the profile knows, e.g. a provider's name.
    """
    if namespace.startswith(_USER):
        user_id = namespace.removeprefix(_USER)
        found = stored.of(user_id).items()
        public = {name: with_public_url(each, user_id, base) for name, each in found if each.get("public")}
        if public:
            return public
    if namespace == "backend":
        return dict(predefined)
    named = catalogue.read("namespaces").get(namespace, {})
    return {name: _provided(name, parameters) for name, parameters in named.items()}


def public_process(namespace: str, process_id: str, found: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return one of the processes of a namespace; raise ``ProcessUnsupported`` if there is none of the id."""
    if process_id not in found:
        raise ProcessUnsupported(process=process_id, namespace=namespace)
    return found[process_id]


def with_public_url(process: dict[str, Any], user_id: str, base: str) -> dict[str, Any]:
    """Return a user's public process with the link to its URL."""
    name = process["id"]
    href = f"{base}/processes/{quote(_USER + user_id, safe=':')}/{quote(name)}"
    link = {"rel": "canonical", "href": href, "title": f"Public URL of the user-defined process {name!r}"}
    return process | {"links": [*process.get("links", ()), link]}


def _provided(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    told = [{"name": each, "description": each, "schema": {}, **facts} for each, facts in parameters.items()]
    return {
        "id": name,
        "description": f"The process {name!r}, which is defined by its provider.",
        "parameters": told,
        "returns": {"schema": {}},
    }
