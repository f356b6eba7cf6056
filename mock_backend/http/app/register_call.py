"""Call a register's method and turn what it returns into a response."""

import inspect
from collections.abc import Callable, Hashable
from copy import copy
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Scope

from mock_backend.api.register import EndpointRegister
from mock_backend.api.urls import current_base, current_version
from mock_backend.cache import Kept
from mock_backend.http.content.deferred import made

#: Number of elements of a list that are rendered at once.
_AT_ONCE = 200
#: Bytes of all answers that are kept.
_MOST_KEPT = 8 << 20


class Lasting(bytes):
    """A body that is going to be sent again."""


#: Answers of back-ends that are alike, by what they follow from.
_kept: Kept[Response] = Kept(_MOST_KEPT, lambda response: len(response.body))


async def answer_of(call: Callable[[], Any], scope: Scope, *, at_once: bool, is_brief: bool = False) -> Any:
    """Return what a call returns, or what it leads to if it has to be waited for.

    Registers lock what they change themselves: a lock around them all would stop all requests while
    a custom one waits on the clock.

    Args:
        call: Calls a method, see ``call_register``.
        at_once: True to call it here, also behind a socket, where others have to wait meanwhile.
        is_brief: True to call it here while no thread is busy.
    """
    found = call() if at_once else await made(call, scope, is_brief=is_brief)
    if not inspect.isawaitable(found):
        return found
    result = await found
    return _as_response(result, _long_lists(result))


def call_register(serving: EndpointRegister, name: str, arguments: dict[str, Any]) -> Any:
    """Call a method of a register; return a response, or what one has to wait for."""
    if (told := serving.known_answer(name, arguments)) is not None:
        return JsonResponse(told)

    def answer() -> Any:
        result = getattr(serving, name)(**arguments)
        if inspect.isawaitable(result):
            return result
        long = _long_lists(result)
        response = _as_response(result, long)
        entries = [each for value in long for each in value]
        del result, long
        # All threads stand still while something is thrown away, too.
        while entries:
            del entries[-_AT_ONCE:]
        return response

    if (key := _key(serving, name, arguments)) is None:
        return answer()
    if (known := _kept.find(key)) is None:
        answered = answer()
        known = Response(Lasting(answered.body), media_type=answered.media_type)
        _kept.keep(key, known)
    return _to_be_sent(known)


def kept_answer(serving: EndpointRegister, name: str, arguments: dict[str, Any]) -> Response | None:
    """Return what ``call_register`` would, if it is there already."""
    key = _key(serving, name, arguments)
    known = None if key is None else _kept.find(key)
    return known and _to_be_sent(known)


def _to_be_sent(kept: Response) -> Response:
    """Return an answer that is kept, with headers of its own: middleware and faults change them in place."""
    response = copy(kept)
    response.raw_headers = kept.raw_headers.copy()
    return response


def _key(serving: EndpointRegister, name: str, arguments: dict[str, Any]) -> Hashable | None:
    """Return what an answer follows from; None if that cannot be told."""
    if name not in serving.kept or (likeness := serving.likeness()) is None:
        return None
    version = current_version(serving.settings.api_version).number
    return type(serving), name, likeness, current_base(serving.settings.url), version, *arguments.values()


class JsonResponse(Response):
    """A response that is JSON."""

    media_type = "application/json"

    def __init__(self, body: bytes) -> None:
        # Without Starlette's steps, which would lead to the same.
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [
            (b"content-length", str(len(body)).encode()),
            (b"content-type", b"application/json"),
        ]


def _as_response(result: Any, long: list[list[Any]]) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    if not isinstance(result, BaseModel):
        return JsonResponse(to_json(result))
    return JsonResponse(_bit_by_bit(result) if long else result.model_dump_json(exclude_none=True).encode())


def _long_lists(result: Any) -> list[list[Any]]:
    members = result if isinstance(result, BaseModel) else ()
    return [value for _, value in members if isinstance(value, list) and len(value) > _AT_ONCE]


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
