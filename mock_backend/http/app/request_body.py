"""Read what an ASGI request brings, up to a limit."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope

from mock_backend.errors import ContentTypeInvalid, FileSizeExceeded, OpenEOError, RequestInvalid
from mock_backend.settings import AppSettings

#: Part of an unwanted body to read.
_BEGINNING = 1 << 20
#: The largest number of arrays and objects in a body.
_MOST_PARTS = 300_000


class JsonRequest(Request):
    """A request that says what is wrong with its JSON."""

    async def json(self) -> Any:
        """Return the body read as JSON."""
        return read_json(await self.body())


async def read_body(receive: Receive) -> bytes:
    """Return a request's whole body.

    Raises:
        ClientDisconnect: If the client has gone before it was all there; a part of a file is no file.
    """
    message = await receive()
    if not message.get("more_body", False):
        return _part_of(message)
    body = bytearray(_part_of(message))
    while message.get("more_body", False):
        message = await receive()
        body += _part_of(message)
    return bytes(body)


async def read_beginning(receive: Receive) -> None:
    """Read the beginning of a request's body, or all of it if it is not long."""
    left = _BEGINNING
    while left > 0:
        message = await receive()
        left -= len(_part_of(message))
        if not message.get("more_body", False):
            return


def _part_of(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return bytes(message.get("body", b""))


def read_json(body: bytes) -> Any:
    """Return a body read as JSON.

    Raises:
        json.JSONDecodeError: If it is none.
        RequestInvalid: If it is not UTF-8, too deeply nested, or has too large a number.
    """
    check_parts(body)
    try:
        return from_json(body)
    except ValueError as error:
        # As deep as everything here reads; Python's parser, below, goes as deep as its stack.
        if "recursion limit" in str(error):
            raise RequestInvalid("The request body is nested too deeply: more than 200 levels.") from None
    try:
        # It knows better where the fault is, and reads what we cannot: UTF-16, half a surrogate pair.
        return json.loads(body)
    except json.JSONDecodeError:
        raise
    except UnicodeDecodeError as error:
        raise RequestInvalid(
            f"The request body is not UTF-8: {error.reason} at byte {error.start}."
        ) from None
    except ValueError:
        raise RequestInvalid("The request body holds a number of too many digits.") from None


def check_parts(body: bytes) -> None:
    """Refuse JSON (413) of too many arrays and objects, each of which takes a hundred bytes."""
    if len(body) > _MOST_PARTS and body.count(b"[") + body.count(b"{") > _MOST_PARTS:
        raise RequestInvalid(
            f"The request body is too large: it may have {_MOST_PARTS:,} arrays and objects.", status=413
        )


def replaying(body: bytes, receive: Receive) -> Receive:
    """Return what hands out a body that has been read already, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def title_in(body: bytes) -> str | None:
    """Return the title of the job that the body of a request describes."""
    try:
        title = json.loads(body)["title"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return title if isinstance(title, str) else None


def header_of(scope: Scope, name: bytes) -> str | None:
    """Return a header of a request; its name in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None


class Limit(NamedTuple):
    """Maximum size of a body.

    Args:
        refusal: Makes the error for a larger one.
    """

    size: int
    refusal: Callable[[str], OpenEOError]

    def error(self) -> OpenEOError:
        """Return the error for a body that is larger."""
        return self.refusal(f"{self.size} bytes")


def limit_for(settings: AppSettings, *, takes_files: bool) -> Limit | None:
    """Return how large the body of a request may be; None for any size."""
    if takes_files:
        return None if settings.max_file_size is None else Limit(settings.max_file_size, _no_such_file)
    return None if settings.max_request_size is None else Limit(settings.max_request_size, _no_such_body)


def check_length(scope: Scope, limit: Limit) -> None:
    """Check what a request says of the length of its body; raise ``OpenEOError`` if that is too large."""
    length = header_of(scope, b"content-length")
    if length is not None and length.isdecimal() and int(length) > limit.size:
        raise limit.error()


def check_coding(scope: Scope) -> None:
    """Check that a body is sent as it is; raise ``ContentTypeInvalid`` (415) if it is compressed."""
    coding = header_of(scope, b"content-encoding")
    if coding is not None and coding.strip().lower() not in ("", "identity"):
        raise ContentTypeInvalid(
            f"Send the body as it is, without Content-Encoding: {coding}.",
            status=415,
            headers={"Accept-Encoding": "identity"},
        )


def noting(note: Callable[[bytes], object], receive: Receive, limit: Limit | None) -> Receive:
    """Return what receives a body up to a limit.

    Args:
        note: Is told each part of it.
        limit: The limit; None for any length.
    """
    length = 0

    async def receive_and_note() -> Message:
        nonlocal length
        message = await receive()
        if body := message.get("body"):
            note(body)
            length += len(body)
            if limit is not None and length > limit.size:
                raise limit.error()
        return message

    return receive_and_note


def _no_such_file(size: str) -> OpenEOError:
    return FileSizeExceeded(f"The file is too large; files may have {size}.")


def _no_such_body(size: str) -> OpenEOError:
    return RequestInvalid(f"The request body is too large; it may have {size}.", status=413)
