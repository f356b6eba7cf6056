"""The OpenAPI document of the control API, from the signatures and docstrings of the Python API."""

import inspect
import re
from functools import lru_cache
from typing import Any

from pydantic import PydanticUserError, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema

from mock_backend.control.scenarios.schema import descriptions
from mock_backend.control_api.calls import CallParameter, parameters_of, typed_others
from mock_backend.control_api.exposed import EXPOSED, ExposedMember
from mock_backend.control_api.handlers import HANDLERS
from mock_backend.settings import VERSION

_ERROR_OBJECT = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
}
_ERROR = {"$ref": "#/components/responses/error"}


@lru_cache(maxsize=4)
def document(base: str) -> dict[str, Any]:
    """Return the document of a server with this root URL."""
    paths: dict[str, dict[str, Any]] = {}
    for exposed in EXPOSED:
        about = f"Tell of `{exposed.kind.__name__}`."
        paths.setdefault(exposed.prefix or "/", {})["get"] = _operation(exposed.prefix, about, {})
        settings = [each for each in exposed.members.values() if each.can_be_set]
        if settings:
            members = {each.name: {"description": each.doc.partition("\n")[0]} for each in settings}
            paths[exposed.prefix]["patch"] = _operation(
                exposed.prefix, "Change settings.", members, body=True
            )
        for member in exposed.members.values():
            method, operation = _of_member(exposed.prefix, member)
            paths.setdefault(f"{exposed.prefix}/{member.name}", {})[method] = operation
    for (method, template), handler in HANDLERS.items():
        path = re.sub(r"\(\?P<(\w+)>[^)]+\)", r"{\1}", template.pattern) or "/"
        summary = (inspect.getdoc(handler) or "").partition("\n")[0]
        summary = summary or f"Tell of `{path.rpartition('/')[2]}`."
        paths.setdefault(path, {}).setdefault(method.lower(), _operation(path, summary, {}))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of the openEO mock back-end",
            "version": VERSION,
            "description": "Orders and inspection of the Python API, by the same names.",
        },
        "servers": [{"url": f"{base}/mock"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "responses": {
                "error": {"description": "An error as the openEO API tells it.", **_json(_ERROR_OBJECT)}
            },
            "securitySchemes": {"secret": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"secret": []}],
    }


def _of_member(prefix: str, member: ExposedMember) -> tuple[str, dict[str, Any]]:
    summary = member.doc.partition("\n")[0]
    if not member.is_method:
        return "get", _operation(prefix, summary, {})
    if "fault" in member.value.__annotations__:
        members: dict[str, Any] = {"route": {"type": "string"}, "times": {"type": ["integer", "null"]}}
        return "post", _operation(prefix, summary, members, body=True, open_ended=True)
    parameters, takes_others = parameters_of(member.value)
    told: dict[str, str] = {}
    for each in (member.value, *typed_others(member.value)):
        told |= descriptions(each)
    members = {name: _schema(each) | {"description": told.get(name, "")} for name, each in parameters.items()}
    required = [name for name, each in parameters.items() if each.default is inspect.Parameter.empty]
    return "get" if member.is_question else "post", _operation(
        prefix, summary, members, body=not member.is_question, required=required, open_ended=takes_others
    )


def _operation(
    prefix: str,
    summary: str,
    members: dict[str, Any],
    *,
    body: bool = False,
    required: list[str] = [],  # noqa: B006  # never changed
    open_ended: bool = False,
) -> dict[str, Any]:
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", prefix)
    ]
    operation: dict[str, Any] = {"summary": summary, "parameters": named}
    if body:
        schema = {"type": "object", "properties": members, "additionalProperties": open_ended}
        if required:
            schema["required"] = required
        operation["requestBody"] = _json(schema)
    else:
        named += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in members.items()
        ]
    operation["responses"] = {"200": {"description": "What it is now.", **_json({})}, "4XX": _ERROR}
    return operation


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _schema(parameter: CallParameter) -> dict[str, Any]:
    try:
        schema = TypeAdapter(parameter.annotation).json_schema(ref_template="#/components/schemas/{model}")
    except (PydanticUserError, PydanticInvalidForJsonSchema, TypeError, NameError):
        return {}
    # What refers to definitions of its own would need them beside it.
    return {} if "$defs" in schema else schema
