"""Call a register's method and turn what it returns into a response."""

import inspect
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Scope

from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.content.deferred import made

#: Number of elements of a list that are rendered at once.
_AT_ONCE = 200


async def answer_of(call: Callable[[], Any], scope: Scope, *, at_once: bool) -> Any:
    """Return what a call returns, or what it leads to if it has to be waited for.

    Registers lock what they change themselves: a lock around them all would stop all requests while
    a custom one waits on the clock.

    Args:
        call: Calls a method, see ``call_register``.
        scope: The scope of the request.
        at_once: True to call it here, also behind a socket, where others have to wait meanwhile.
    """
    found = call() if at_once else await made(call, scope)
    return _as_response(await found) if inspect.isawaitable(found) else found


def call_register(backend: ServedBackEnd, register: int, name: str, arguments: dict[str, Any]) -> Any:
    """Call a method of a register of a back-end; return a response, or what one has to wait for.

    Args:
        backend: The back-end.
        register: The register's place among those in service.
        name: The method's name.
        arguments: The method's arguments.
    """
    result = getattr(backend.registers[register], name)(**arguments)
    return result if inspect.isawaitable(result) else _as_response(result)


def _as_response(result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    if not isinstance(result, BaseModel):
        return Response(to_json(result), media_type="application/json")
    is_long = any(isinstance(value, list) and len(value) > _AT_ONCE for _, value in result)
    content = _bit_by_bit(result) if is_long else result.model_dump_json(exclude_none=True)
    return Response(content, media_type="application/json")


def _bit_by_bit(model: BaseModel) -> bytes:
    """Return the JSON of a model with a long list: all threads stand still while something is rendered."""
    members = []
    for name, value in model:
        if isinstance(value, list):
            starts = range(0, len(value), _AT_ONCE)
            parts = (to_json(value[start : start + _AT_ONCE], exclude_none=True)[1:-1] for start in starts)
            members.append(to_json(name) + b":[" + b",".join(parts) + b"]")
        elif value is not None:
            members.append(to_json(name) + b":" + to_json(value, exclude_none=True))
    return b"{" + b",".join(members) + b"}"
