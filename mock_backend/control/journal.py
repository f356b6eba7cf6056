"""What was asked of a back-end, for the test to look at afterwards."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any, overload
from urllib.parse import parse_qsl

from mock_backend.control.redaction import redact_header, redact_members, redact_path
from mock_backend.control.routes import RoutePattern

#: Longer bodies are cut in the journal.
MAX_BODY = 4_000_000

#: Of more exchanges the oldest are forgotten: a server may run for weeks.
MAX_EXCHANGES = 100_000

_XML_ERROR = re.compile(rb"<Error><Code>(.*?)</Code><Message>(.*?)</Message>", re.DOTALL)

_FORM = "application/x-www-form-urlencoded"


class Exchange:
    """A request and the status it was answered with. Secrets are blotted out of whatever it shows.

    Args:
        method: The HTTP method.
        route: The path template of the endpoint; None if there is none at the path.
        path: The path that was asked for.
        query_string: The raw query.
        raw_headers: The request's headers as bytes.
        at: The clock's instant.
    """

    __slots__ = (
        "_body",
        "_head",
        "_path",
        "_query_string",
        "at",
        "error",
        "fault",
        "method",
        "route",
        "status",
    )

    def __init__(
        self,
        method: str,
        route: str | None,
        path: str,
        query_string: bytes,
        raw_headers: Sequence[tuple[bytes, bytes]],
        at: datetime,
    ) -> None:
        self.method = method
        self.route = route
        self._path = path
        self._query_string = query_string
        self.at = at
        self.status: int | None = None
        #: The fault that it ran into; None without one.
        self.fault: str | None = None
        #: The beginning of the answer's body, if the status is that of an error.
        self.error: bytes | None = None
        # One object instead of a dozen: whatever is kept for each request, the garbage collector walks.
        self._head = b"\n".join([b"%s:%s" % header for header in raw_headers])
        self._body = b""

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return redact_path(self._path)

    @property
    def query_string(self) -> bytes:
        """The query as it was sent."""
        return redact_members(self._query_string.decode("latin-1")).encode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of repeated ones the last."""
        return _members(self.query_string)

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers by lower-case name."""
        lines = self._head.decode("latin-1").split("\n") if self._head else []
        headers = {name.lower(): value for name, _, value in (line.partition(":") for line in lines)}
        return {name: redact_header(name, value) for name, value in headers.items()}

    @property
    def body(self) -> bytes:
        """The request's body; at most its first 4 MB."""
        if not self._body or not self._is_form:
            return self._body
        return redact_members(self._body.decode("latin-1")).encode("latin-1")

    @property
    def form(self) -> dict[str, str]:
        """The members of a body that is an HTML form; of repeated ones the last. Empty if it is none."""
        return _members(self.body) if self._is_form else {}

    @property
    def json(self) -> Any:
        """The request's body read as JSON; None if it is empty or not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def _is_form(self) -> bool:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM

    def begin_again(self) -> None:
        """Forget what was noted: the request is about to be handed in once more."""
        self.status, self._body = None, b""

    def append_body(self, chunk: bytes) -> None:
        """Note a part of the request's body."""
        if len(self._body) < MAX_BODY:
            self._body += chunk[: MAX_BODY - len(self._body)]

    def __repr__(self) -> str:
        query = "?" + self.query_string.decode("latin-1") if self._query_string else ""
        fault = f" by {self.fault}" if self.fault else ""
        return f"<{self.method} {self.path}{query} -> {self.status}{self.error_text}{fault}>"

    @property
    def error_text(self) -> str:
        """The code and the message of the error it was answered with, after a space; empty without one."""
        if match := _XML_ERROR.search(self.error or b""):
            return " " + unescape(b": ".join(match.groups()).decode())
        try:
            error = json.loads(self.error or b"")
            return f" {error['code']}: {error['message']}"
        except (ValueError, LookupError, TypeError):
            return ""


def _members(text: bytes) -> dict[str, str]:
    return dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True))


class Journal(Sequence[Exchange]):
    """All exchanges with a back-end, oldest first.

    Args:
        operations: Tells method and path template of everything the back-end serves.
    """

    def __init__(self, operations: Callable[[], Collection[tuple[str, str]]]) -> None:
        self._operations = operations
        self._exchanges: list[Exchange] = []
        self.clear = self._exchanges.clear

    def note(self, exchange: Exchange) -> None:
        """Add an exchange."""
        self._exchanges.append(exchange)
        if len(self._exchanges) > MAX_EXCHANGES:
            del self._exchanges[: MAX_EXCHANGES // 10]

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        return self._exchanges[index]

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def __repr__(self) -> str:
        return f"<{len(self)} exchanges{': ' if self else ''}{', '.join(map(repr, self._exchanges[-5:]))}>"

    def select(self, route: str, *, status: int | None = None) -> list[Exchange]:
        """Return the exchanges with an operation.

        Args:
            route: A method and a path template or a path, e.g. ``"GET /jobs/{job_id}"``; ``*`` for any.
            status: Only those answered with this HTTP status.

        Raises:
            ValueError: If the route cannot be read, or there is no such operation: nothing could
                ever be selected by it.
        """
        pattern = RoutePattern.parse(route)
        pattern.check(self._operations())
        return [
            exchange
            for exchange in self
            if pattern.matches(exchange.method, exchange.route, exchange.path)
            and status in (None, exchange.status)
        ]
