"""Defects of the official document, and their corrections.

Each entry says what is wrong, and is refused once the document no longer has it.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Defect:
    """A place where the document contradicts itself, or cannot be met.

    Args:
        what: What is wrong, and how one can tell.
        mend: Changes the document to what it must have meant; raises if the defect is not there.
    """

    what: str
    mend: Callable[[Document], None]


def mend(document: Document) -> Document:
    """Mend all known defects in a document, and return it.

    Raises:
        ValueError: If the document does not have one of them (any more).
    """
    for defect in DEFECTS:
        try:
            defect.mend(document)
        except LookupError as error:
            raise ValueError(f"The document no longer has this defect: {defect.what} ({error})") from error
    return document


def _schema(document: Document, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = document["components"]["schemas"][name]
    return schema


def _any_process_schema(document: Document) -> None:
    schema = _schema(document, "process_json_schema")
    schema["anyOf"] = schema.pop("oneOf")


def _any_summary(document: Document) -> None:
    values = _schema(document, "collection")["properties"]["summaries"]["additionalProperties"]
    values["anyOf"] = values.pop("oneOf")


def _nulls_in_processes_of_users(document: Document) -> None:
    schemas = document["components"]["schemas"]
    process = copy.deepcopy(schemas["process"])
    for name, schema in process["properties"].items():
        if name in _NULLABLE:
            process["properties"][name] = {"nullable": True, "allOf": [schema]}
    schemas["process_with_nulls"] = process
    for name in ("user_defined_process_meta", "process_graph_with_metadata"):
        if schemas[name]["allOf"] != [{"$ref": "#/components/schemas/process"}]:
            raise LookupError(f"{name} does not include process")
        schemas[name]["allOf"] = [{"$ref": "#/components/schemas/process_with_nulls"}]


_NULLABLE = ("id", "summary", "description", "parameters", "returns")


def _client_errors_of_conformance(document: Document) -> None:
    answers = document["paths"]["/conformance"]["get"]["responses"]
    if "4XX" in answers:
        raise LookupError("GET /conformance documents 4XX")
    answers["4XX"] = {"$ref": "#/components/responses/client_error"}


def _anything_as_a_result(document: Document) -> None:
    answer = document["paths"]["/result"]["post"]["responses"]["200"]
    if "content" in answer:
        raise LookupError("POST /result documents its content")
    del answer["headers"]["Content-Type"]
    answer["content"] = {"*/*": {}}


def _costs_in_headers(document: Document) -> None:
    for path, method in (("/result", "post"), ("/jobs/{job_id}/results", "get")):
        header = document["paths"][path][method]["responses"]["200"]["headers"]["OpenEO-Costs"]
        if header["schema"] != {"$ref": "#/components/schemas/money"}:
            raise LookupError(f"the costs of {path} are not money")
        header["schema"] = {"type": "number", "minimum": 0}


def _template_as_url_of_a_service(document: Document) -> None:
    del _schema(document, "service")["properties"]["url"]["format"]


DEFECTS = (
    Defect(
        "process_json_schema is one of three schemas of which the first takes anything, so that no schema of "
        "a data cube or a process graph could ever fit exactly one",
        _any_process_schema,
    ),
    Defect(
        "the values of a collection's summaries are one of three schemas, but statistics (minimum and "
        "maximum) fit the one of JSON Schemas, too, which takes any object",
        _any_summary,
    ),
    Defect(
        "user_defined_process_meta and process_graph_with_metadata let members be null that the schema "
        "process, which they include, does not",
        _nulls_in_processes_of_users,
    ),
    Defect(
        "GET /conformance has server errors but no client errors, which every request can run into, e.g. 429",
        _client_errors_of_conformance,
    ),
    Defect(
        "POST /result describes its media type as a header, where OpenAPI ignores it, and no content, as if "
        "the answer had no body",
        _anything_as_a_result,
    ),
    Defect(
        "the header OpenEO-Costs may be null, which no header can be",
        _costs_in_headers,
    ),
    Defect(
        "the url of a service is a URI, but that of tiles can only be a template such as .../{z}/{x}/{y}, "
        "which map clients take and back-ends give",
        _template_as_url_of_a_service,
    ),
)
