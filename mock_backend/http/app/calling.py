"""Call a register's method and turn what it returns into a response."""

import inspect
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.http.app.protocol import ServedBackEnd


async def call_register(
    backend: ServedBackEnd, register: int, name: str, arguments: dict[str, Any]
) -> Response:
    """Call a method of a register of a back-end.

    Registers lock what they change themselves: a lock around them all would stop all requests while
    a custom one waits on the clock.

    Args:
        backend: The back-end.
        register: The register's place among those in service.
        name: The method's name.
        arguments: The method's arguments.
    """
    method = getattr(backend.registers[register], name)
    result = method(**arguments)
    if inspect.isawaitable(result):
        result = await result
    return _as_response(result)


def _as_response(result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    if isinstance(result, BaseModel):
        return Response(result.model_dump_json(exclude_none=True), media_type="application/json")
    return Response(to_json(result), media_type="application/json")
