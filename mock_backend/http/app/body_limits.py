"""Request-body limits."""

from collections.abc import Callable
from typing import NamedTuple

from starlette.types import Message, Receive, Scope

from mock_backend.errors import ContentTypeInvalid, FileSizeExceeded, OpenEOError, RequestInvalid
from mock_backend.http.app.request_body import header_of
from mock_backend.http.app.routes import Route
from mock_backend.settings import AppSettings


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


def limit_for(route: Route | None, settings: AppSettings) -> Limit | None:
    """Return how large the body of a request may be; None for any size.

    Args:
        route: The route that is going to read it; None if there is none.
    """
    if route is not None and route.takes_files:
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
