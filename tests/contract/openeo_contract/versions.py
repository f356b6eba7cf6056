"""Differences of other versions of the API from the document at hand, that of 1.2.

The differences of 1.3 are those of its document, https://api.openeo.org/1.3.0/ (released on 2026-02-25),
as far as they can be told from answers; each names the issue or the part of the document it comes from.
Version 1.1 is held to the document of 1.2.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

_JWT = r"^[\w-]+\.[\w-]+\.[\w-]+$"
_IDENTIFIER = r"^[\w\-\.~]+$"


@dataclass(frozen=True)
class Difference:
    """A place where the document of a version differs from that of 1.2.

    Args:
        what: What is different.
        source: Where that is written.
        apply: Changes the document of 1.2.
    """

    what: str
    source: str
    apply: Callable[[Document], None]


def document_of(version: str, document: Document) -> Document:
    """Return the document of a version.

    Args:
        version: The version's short name, e.g. ``1.3``.
        document: The document of 1.2; it is not changed.
    """
    changed = copy.deepcopy(document)
    capabilities = _answer(changed, "/")
    capabilities["properties"]["api_version"]["enum"] = [f"{version}.0"]
    for difference in DIFFERENCES.get(version, ()):
        difference.apply(changed)
    return changed


def _answer(document: Document, path: str, method: str = "get") -> dict[str, Any]:
    """Return the schema of the JSON body of the answer 200 of an operation."""
    content = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]
    schema: dict[str, Any] = content["schema"]
    return schema


def _required_capabilities(document: Document) -> None:
    _answer(document, "/")["required"] += ["type", "conformsTo"]


def _conformance_class(document: Document) -> None:
    classes = document["components"]["schemas"]["conformsTo"]
    classes["contains"] = {"const": "https://api.openeo.org/1.3.0"}


def _json_web_tokens(document: Document) -> None:
    _answer(document, "/credentials/basic")["properties"]["access_token"]["pattern"] = _JWT


def _authorization_parameters(document: Document) -> None:
    providers = _answer(document, "/credentials/oidc")["properties"]["providers"]
    providers["items"]["properties"]["authorization_parameters"] = {"type": "object"}


def _identifier_of_results(document: Document) -> None:
    headers = document["paths"]["/result"]["post"]["responses"]["200"]["headers"]
    headers["OpenEO-Identifier"] = {"schema": {"type": "string", "pattern": _IDENTIFIER}}


def _job_times(document: Document) -> None:
    schemas = document["components"]["schemas"]
    times = {name: {"type": "string", "format": "date-time"} for name in ("queued", "started", "unpublished")}
    schemas["batch_job"]["properties"] |= times
    schemas["batch_job_result"]["properties"]["properties"]["properties"] |= times
    (collection,) = (
        each for each in _answer(document, "/jobs/{job_id}/results")["oneOf"] if "$ref" not in each
    )
    known = {name: {"$ref": f"#/components/schemas/{name}"} for name in ("created", "updated")}
    collection["properties"] |= times | known | {"expires": {"type": "string", "format": "date-time"}}


def _stack_traces(document: Document) -> None:
    document["components"]["schemas"]["log_entry"]["properties"]["stacktrace"] = {"type": "string"}


def _version_of_processes(document: Document) -> None:
    _answer(document, "/processes")["properties"]["version"] = {"type": "string", "nullable": True}


def _a_runtime(document: Document) -> None:
    _answer(document, "/udf_runtimes")["minProperties"] = 1


def _plain_parameters(document: Document) -> None:
    parameter = document["components"]["schemas"]["resource_parameter"]
    parameter["allOf"] = [{"$ref": "#/components/schemas/json_schema"}]


DIFFERENCES: Mapping[str, tuple[Difference, ...]] = {
    "1.3": (
        Difference(
            "the capabilities need type and conformsTo",
            "release notes of 1.3.0, Changed",
            _required_capabilities,
        ),
        Difference(
            "the general conformance class is that of the version",
            "1.3.0, schema conformsTo",
            _conformance_class,
        ),
        Difference(
            "access tokens are JSON Web Tokens where their conformance class is listed, as it is here",
            "openeo-api 558 and 567; 1.3.0, security scheme Bearer",
            _json_web_tokens,
        ),
        Difference(
            "providers may demand parameters of the authorization endpoint",
            "openeo-api 534",
            _authorization_parameters,
        ),
        Difference(
            "synchronous processing has an identifier",
            "release notes of 1.3.0, Added",
            _identifier_of_results,
        ),
        Difference(
            "jobs and their results tell when they were queued, started, and until when results are kept; "
            "Collections of results have all times of the job",
            "openeo-api 542",
            _job_times,
        ),
        Difference("log entries may have a stack trace", "openeo-api 512", _stack_traces),
        Difference(
            "listings of processes name the release of these", "openeo-api 517", _version_of_processes
        ),
        Difference("there is at least one UDF runtime", "openeo-api 511", _a_runtime),
        Difference(
            "parameters of file formats and service types are plain JSON Schema",
            "release notes of 1.3.0, Fixed; 1.3.0, schema resource_parameter",
            _plain_parameters,
        ),
    ),
}
