"""A description of the API that is served: an OpenAPI document, and a page made of it."""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin, get_type_hints
from warnings import catch_warnings, simplefilter

from pydantic import BaseModel

from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import for_fastapi
from mock_backend.api.register import EndpointRegister
from mock_backend.api.urls import WELL_KNOWN, host_of
from mock_backend.auth.accounts import Authenticator
from mock_backend.http.content import raw_body

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant
    from fastapi.routing import APIRoute


_BEARER: dict[str, list[str]] = {"bearer": []}

_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "basic//TOKEN or oidc/PROVIDER/TOKEN"},
    "basic": {"type": "http", "scheme": "basic"},
}

_ERROR = {
    "description": "An error of the openEO API",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}

#: Statuses of successful answers where the data file has none.
_STATUS = {"DELETE": 204, "PATCH": 204}

#: OpenAPI has other places for the first one, and the others are there to be refused or are the browser's.
_NOT_PARAMETERS = ("authorization", "origin", "query", "fields")

#: Anchors of the descriptions of methods in the specification, by path.
_REFERENCE = re.compile(r" \([^()]*``[^`]*``\)")


def openapi(
    registers: Iterable[EndpointRegister],
    *,
    base: str,
    title: str,
    version: str,
    without: Set[tuple[str, str]] = frozenset(),
) -> dict[str, Any]:
    """Return an OpenAPI document: operations with parameters, bodies of requests, and answers.

    Args:
        base: The URL that paths go behind.
        without: Methods and paths of operations that are left out.
    """
    # Imported here: few look at the document, and FastAPI takes longer to import than most tests take.
    from fastapi.openapi.utils import get_openapi

    operations = [each for each in _operations(registers) if (each[2], each[1].path) not in without]
    routes = [_route(register, endpoint, method) for register, endpoint, method in operations]
    with catch_warnings():
        # Some versions of FastAPI ask new models for what only old ones have.
        simplefilter("ignore", DeprecationWarning)
        written = get_openapi(title=title, version=version, routes=routes)
    # FastAPI writes OpenAPI 3.1, and OGC's standards and clients want 3.0.
    document: dict[str, Any] = _to_3_0(written)
    for (_, endpoint, method), route in zip(operations, routes, strict=True):
        _complete(document["paths"][endpoint.path][method.lower()], route, endpoint, method)
    # It is at the root of the host, wherever the API is.
    document["paths"].get(WELL_KNOWN, {})["servers"] = [{"url": host_of(base)}]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return {
        **document,
        "openapi": "3.0.3",
        "info": {"title": title, "version": version},
        "servers": [{"url": base}],
        "components": {"schemas": schemas | _facts()["schemas"], "securitySchemes": _SECURITY},
    }


def operations_page(document: Mapping[str, Any]) -> str:
    """Return an HTML page that lists the operations of an OpenAPI document."""
    rows = "".join(
        f"<tr><td>{method.upper()}<td><code>{escape(path)}</code><td>{escape(operation['summary'])}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "servers"
    )
    title = escape(document["info"]["title"])
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font-family:sans-serif;margin:2em}td{padding:.2em 1em .2em 0;vertical-align:top}</style>"
        f"<h1>{title}</h1><p>openEO API {escape(document['info']['version'])} at "
        f"<code>{escape(document['servers'][0]['url'])}</code>. <a href=api>OpenAPI document</a>, "
        f'<a href="https://api.openeo.org">specification</a>.<table>{rows}</table></html>'
    )


def _operations(registers: Iterable[EndpointRegister]) -> Iterator[tuple[EndpointRegister, Endpoint, str]]:
    """Yield what is served: where several registers serve an operation, the first one does."""
    seen = set()
    for register in registers:
        for endpoint in register.endpoints:
            for method in endpoint.methods:
                if (method, endpoint.path) not in seen:
                    seen.add((method, endpoint.path))
                    yield register, endpoint, method


def _route(register: EndpointRegister, endpoint: Endpoint, method: str) -> "APIRoute":
    from fastapi.routing import APIRoute

    handler = getattr(register, endpoint.handler) if endpoint.handler is not None else _added_by_hand
    summary = _REFERENCE.sub("", (handler.__doc__ or endpoint.path).strip().partition("\n")[0])
    answer = get_type_hints(handler).get("return")
    return APIRoute(
        endpoint.path[:-1] + ":path}" if endpoint.takes_slashes else endpoint.path,
        _described(handler),
        methods=[method],
        summary=summary.rstrip("."),
        description=" ",  # rather than the whole docstring, which is for callers in Python
        status_code=_fact(endpoint, method, "status") or _STATUS.get(method, 200),
        response_model=answer if isinstance(answer, type) and issubclass(answer, BaseModel) else None,
        operation_id="-".join(re.findall(r"\w+", f"{method} {endpoint.path}")).lower(),
    )


def _described(handler: Callable[..., Any]) -> Callable[..., None]:
    """Return a function with the signature of a handler as FastAPI understands it."""

    def operation() -> None: ...

    signature = inspect.signature(handler, eval_str=True)
    operation.__signature__ = signature.replace(  # type: ignore[attr-defined]  # FastAPI reads it
        parameters=[for_fastapi(each) for each in signature.parameters.values()]
    )
    operation.__annotations__ = get_type_hints(handler)
    return operation


def _added_by_hand() -> None:
    """An operation of its own."""


def _complete(operation: dict[str, Any], route: "APIRoute", endpoint: Endpoint, method: str) -> None:
    """Add what FastAPI cannot know: security, bodies that are not looked into, and answers."""
    operation.pop("description", None)
    operation["tags"] = [endpoint.path.split("/")[1] or "capabilities"]
    parameters = [each for each in operation.pop("parameters", []) if each["name"] not in _NOT_PARAMETERS]
    if endpoint.handler is None:
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", endpoint.path)
        ]
    for each in parameters:
        each["schema"].pop("nullable", None)
        if each["name"] == "limit":
            each["schema"] = {"type": "integer", "minimum": 1}
    if parameters:
        operation["parameters"] = parameters
    calls = {each.call for each in _dependencies(route.dependant)}
    if Authenticator.validate in calls:
        operation["security"] = [_BEARER]
    elif Authenticator.validate_if_given in calls:
        operation["security"] = [{}, _BEARER]
    elif endpoint.path == "/credentials/basic":
        operation["security"] = [{"basic": []}]
    if raw_body in calls:
        schema = {"type": "string", "format": "binary"}
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": schema}},
        }
    status = str(route.status_code)
    success = operation["responses"][status] | {"description": "Success"}
    schema = _fact(endpoint, method, "schema")
    if schema is None and get_origin(get_type_hints(route.endpoint).get("return")) is dict:
        schema = {"type": "object"}
    if schema is not None:
        media_types = _fact(endpoint, method, "media_types") or ["application/json"]
        success["content"] = {media_type: {"schema": schema} for media_type in media_types}
    elif route.response_model is None:
        success.pop("content", None)
    if headers := _fact(endpoint, method, "headers"):
        success["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    operation["responses"] = {status: success, "4XX": _ERROR, "5XX": _ERROR}


def _dependencies(dependant: "Dependant") -> "Iterator[Dependant]":
    for each in dependant.dependencies:
        yield each
        yield from _dependencies(each)


def _fact(endpoint: Endpoint, method: str, name: str) -> Any:
    return _facts()["operations"].get(f"{method} {endpoint.path}", {}).get(name)


@lru_cache(maxsize=1)
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(Path(__file__).with_name("operations.json").read_bytes())
    return facts


def _to_3_0(schema: Any) -> Any:
    """Write schemas of OpenAPI 3.1 as those of 3.0, which have no type ``null`` and no ``const``."""
    if isinstance(schema, list):
        return [_to_3_0(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    # Titles are made of names, and say nothing more.
    found = {
        name: _to_3_0(value)
        for name, value in schema.items()
        if name != "title" or not isinstance(value, str)
    }
    if "const" in found:
        found["enum"] = [found.pop("const")]
    options = found.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        rest = [each for each in options if each != {"type": "null"}]
        del found["anyOf"]
        # Nothing may stand beside a reference in 3.0.
        found |= {"anyOf": rest} if len(rest) > 1 or "$ref" in rest[0] else rest[0]
        found["nullable"] = True
    return found
