"""Bodies of requests to the control API, and of its answers."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_backend.errors import ContentTypeInvalid, RequestInvalid

#: The largest body, in bytes, but for files.
_MAX_BODY = 16 << 20


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request; an empty one without a body.

    Raises:
        ContentTypeInvalid: If the body says that it is something else.
        RequestInvalid: If it is too large or no JSON object.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_BODY:
            raise RequestInvalid(f"A body has at most {_MAX_BODY:,} bytes; upload files.", status=413)
    if not body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ContentTypeInvalid(types="application/json")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestInvalid(f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise RequestInvalid("The body must be a JSON object of arguments by name.")
    return value


def to_json(value: Any) -> bytes:
    """Return JSON; half a surrogate pair that a client has sent stays escaped."""
    return json.dumps(value, separators=(",", ":")).encode()


def answered(value: Any) -> Response:
    """Return an answer in JSON."""
    return Response(to_json(value), media_type="application/json", headers={"Cache-Control": "no-store"})
