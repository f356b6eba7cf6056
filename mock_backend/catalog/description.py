"""A description of what is served, for clients that ask for one: OpenAPI, as far as endpoints tell."""

import re
from collections.abc import Iterable
from typing import Any

from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"

_PARAMETER = re.compile(r"\{(\w+)\}")


def openapi(registers: Iterable[EndpointRegister], *, base: str, title: str, version: str) -> dict[str, Any]:
    """Return an OpenAPI document: paths, methods and what each is for.

    Args:
        registers: Those in service.
        base: The URL that paths go behind.
        title: The back-end's title.
        version: The version of the API.
    """
    paths: dict[str, Any] = {}
    for register in registers:
        for endpoint in register.endpoints:
            for method in endpoint.methods:
                # The first register to serve an operation serves it.
                paths.setdefault(endpoint.path, {}).setdefault(method.lower(), _operation(register, endpoint))
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": version},
        "servers": [{"url": base}],
        "paths": paths,
    }


def _operation(register: EndpointRegister, endpoint: Endpoint) -> dict[str, Any]:
    handler = getattr(type(register), endpoint.handler or "", None)
    summary = (getattr(handler, "__doc__", None) or endpoint.path).strip().partition("\n")[0]
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {"default": {"description": "What the openEO API and the STAC API say."}},
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(endpoint.path)
    ]
    return operation | ({"parameters": parameters} if parameters else {})
