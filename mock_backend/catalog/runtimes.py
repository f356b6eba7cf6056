"""Runtimes of user-defined functions: languages, their versions and libraries."""

from copy import deepcopy
from typing import Any

from mock_backend.profiles import CatalogueData


def runtimes_of(data: CatalogueData) -> dict[str, dict[str, Any]]:
    """Return the UDF runtimes of a back-end by name, as ``GET /udf_runtimes`` describes them.

    Each call returns other objects, which may be changed.
    """
    if (taken := data.taken("udf_runtimes")) is not None:
        return {name: deepcopy(each) for name, each in taken.items() if isinstance(each, dict)}
    return {
        name: {**entry, "versions": _versions(entry["versions"])}
        for name, entry in data.read("runtimes").items()
    }


def _versions(versions: dict[str, Any]) -> dict[str, Any]:
    # A text is the version that another one is a name for.
    told = {name: versions[each] if isinstance(each, str) else each for name, each in versions.items()}
    return {
        name: {
            **each,
            "libraries": {library: {"version": number} for library, number in each["libraries"].items()},
        }
        for name, each in told.items()
    }
