"""Every failure becomes an openEO error object, or what proxies in front of a back-end make of it."""

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response

from mock_backend.errors import (
    ContentTypeInvalid,
    FeatureUnsupported,
    Internal,
    NotFound,
    OpenEOError,
    ProcessGraphComplexity,
    RequestInvalid,
    StorageFailure,
)
from mock_backend.profiles import Dialect
from mock_backend.stores import StoreError

if TYPE_CHECKING:
    from mock_backend.control import Fault

logger = logging.getLogger("mock_backend")

_MAX_INPUT = 100

_LOOP_ERRORS = {"NoEventLoopError", "AsyncLibraryNotFoundError"}  # of anyio and sniffio
# How asyncio says it, according to what it was asked for: a timeout, a task group, or a loop.
_LOOP_WORDS = ("inside a task", "the parent task", "no running event loop", "no current event loop")
# And anyio, which takes it for granted that there is a task.
_TASK_WORDS = "weak reference to 'NoneType'"


#: The statuses of proxies in front of a back-end.
_OF_PROXIES = (502, 503, 504)

_PAGE = """<html>
<head><title>{status} {reason}</title></head>
<body><center><h1>{status} {reason}</h1></center></body>
</html>
"""


class NeedsLoop(BaseException):
    """A custom route needs a running event loop, and this call is driven without one.

    Not an ``Exception``: it has to pass through every error handler up to the transport, which
    calls again with a loop.
    """


def error_response(error: Exception) -> Response:
    """Return the answer that tells a client of an exception."""
    openeo_error = as_openeo_error(error)
    content = {"code": openeo_error.openeo_code, "message": openeo_error.message}
    # Not pydantic's encoder: the message may repeat half a surrogate pair that a client has sent.
    return Response(
        json.dumps(content),
        status_code=openeo_error.status_code,
        headers=openeo_error.headers,
        media_type="application/json",
    )


def as_openeo_error(error: Exception) -> OpenEOError:
    """Translate an exception of the framework, or of our own making, to an openEO error.

    Raises:
        NeedsLoop: If the exception says that there is no event loop.
    """
    if isinstance(error, OpenEOError):
        return error
    if _asks_for_loop(error):
        raise NeedsLoop from error
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if isinstance(error, StoreError):
        logger.error("The store cannot be used: %s", error)
        return StorageFailure(str(error))
    if isinstance(error, RecursionError | MemoryError):
        # The limits of work should have refused it; deep stacks and small machines have less room.
        logger.error("A request needed more than there is", exc_info=error)
        return ProcessGraphComplexity("The request needs more levels, or more memory, than there are here.")
    if isinstance(error, ClientDisconnect):
        # The client is gone; this is for the journal.
        return RequestInvalid("The client has gone before it had sent the whole request.")
    # Imported here: where FastAPI has not been imported, this is no error of its own anyway.
    from fastapi.exceptions import RequestValidationError

    if isinstance(error, RequestValidationError):
        # FastAPI's frame, which holds the body, and the error refer to each other: that waits for the garbage
        # collector, and some dozens of large bodies would be in memory meanwhile.
        error.__traceback__ = error.__cause__ = error.__context__ = None
        if isinstance(error.body, bytes) and error.body:
            return ContentTypeInvalid(types="application/json")
        return RequestInvalid(" ".join(map(_explain, error.errors())))
    logger.error("A request failed inside the back-end", exc_info=error)
    return Internal(message=f"{type(error).__name__}: {error}")


def fault_answer(fault: "Fault", operation: tuple[str, str | None], dialect: Dialect) -> Response | None:
    """Return the answer to a request that runs into a fault; None if it is an openEO error.

    Args:
        operation: Method and path template of the request.
    """
    status, error = fault.status or 500, fault.error()
    if dialect.html_gateway_errors and status in _OF_PROXIES and fault.code is None and fault.message is None:
        page = _PAGE.format(status=status, reason=HTTPStatus(status).phrase)
        return HTMLResponse(page, status_code=status, headers=error.headers)
    if dialect.inline_log_failures and status == 500 and operation == ("GET", "/jobs/{job_id}/logs"):
        entry = {"id": "", "level": "error", "code": error.openeo_code, "message": error.message}
        return Response(to_json({"logs": [entry], "links": []}), media_type="application/json")
    return None


def _asks_for_loop(error: Exception) -> bool:
    if isinstance(error, TypeError):
        return _TASK_WORDS in str(error)
    return isinstance(error, RuntimeError) and (
        type(error).__name__ in _LOOP_ERRORS or any(words in str(error) for words in _LOOP_WORDS)
    )


def _of_framework(error: HTTPException) -> OpenEOError:
    headers = error.headers
    if error.status_code == 404:
        return NotFound(headers=headers)
    if error.status_code == 405:
        return FeatureUnsupported("This path does not take this HTTP method.", status=405, headers=headers)
    if isinstance(error.detail, dict) and {"code", "message"} <= error.detail.keys():
        return OpenEOError(
            str(error.detail["message"]),
            code=str(error.detail["code"]),
            status=error.status_code,
            headers=headers,
        )
    code = RequestInvalid.code if error.status_code < 500 else Internal.code
    return OpenEOError(str(error.detail), code=code, status=error.status_code, headers=headers)


def _explain(problem: dict[str, Any]) -> str:
    """Say in one line which member of a request is wrong."""
    place, *path = problem["loc"]
    if problem["type"] == "json_invalid":
        return f"The request body is not JSON: {problem['ctx']['error']} at character {path[0]}."
    if place == "body" and not path:
        return "The request needs a JSON object as its body, with Content-Type: application/json."
    name = ".".join(map(str, path))
    kind = {"query": "Query parameter", "path": "Path parameter", "header": "Header", "body": "Member"}[place]
    message = problem["msg"]
    if problem["type"] == "missing":
        return f"{kind} {name!r} is missing."
    given = repr(problem["input"])
    shown = given if len(given) <= _MAX_INPUT else given[:_MAX_INPUT] + "…"
    return f"{kind} {name!r}: {message}, got {shown}."
