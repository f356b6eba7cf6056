"""Journal of the requests to a back-end, for tests to inspect afterwards."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from html import unescape
from itertools import groupby
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl

from mock_backend.control.redaction import redact_header, redact_members, redact_path
from mock_backend.control.route_pattern import RoutePattern
from mock_backend.control.view import View

#: Maximum size of a journal in bytes.
MOST = 1 << 27

#: Overhead in bytes of an exchange besides its texts, and of a part of a body besides its bytes.
_EXCHANGE, _PART = 800, 50

_XML_ERROR = re.compile(rb"<Error><Code>(.*?)</Code><Message>(.*?)</Message>", re.DOTALL)

_FORM = "application/x-www-form-urlencoded"


def is_form(content_type: str) -> bool:
    """Tell whether a body of this type is an HTML form."""
    return content_type.partition(";")[0].strip().lower() == _FORM


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
        "_digest",
        "_parts",
        "_request",
        "at",
        "authorized",
        "body_length",
        "error",
        "fault",
        "journal",
        "made",
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
        self.at = at
        self.status: int | None = None
        #: The fault that it ran into; None without one.
        self.fault: str | None = None
        #: The beginning of the answer's body, if the status is that of an error.
        self.error: bytes | None = None
        #: The ``OpenEO-Identifier`` of the answer: the id of the job or request that it made.
        self.made: str | None = None
        #: The id of the user, once the log-in has been found to be good.
        self.authorized: str | None = None
        # One object instead of a dozen: whatever is kept for each request takes room, and the garbage
        # collector walks it. Only the path may have line breaks.
        lines = [query_string, *[b"%s:%s" % header for header in raw_headers]]
        self._request = b"\n".join((*lines, b"", path.encode("utf-8", "surrogatepass")))
        self._parts: list[bytes] | None = None
        self._digest: hashlib._Hash | None = None
        #: Size of the request's body in bytes.
        self.body_length = 0
        #: The journal that it is in.
        self.journal: Journal | None = None

    @property
    def weight(self) -> int:
        """The room that it takes, in bytes."""
        return _EXCHANGE + len(self._request) + sum(len(part) + _PART for part in self._parts or ())

    @property
    def _path(self) -> str:
        return self._request.partition(b"\n\n")[2].decode("utf-8", "surrogatepass")

    @property
    def _lines(self) -> list[str]:
        """The query, and the headers in their order."""
        return self._request.partition(b"\n\n")[0].decode("latin-1").split("\n")

    #: Attributes to select by besides properties.
    selectable = ("at", "fault", "method", "route", "status")

    @property
    def operation(self) -> str:
        """The method and the path template; the path where there is none."""
        return f"{self.method} {self.route or self.path}"

    @property
    def user_id(self) -> str | None:
        """The user; None without a valid log-in, or where none was asked for."""
        return self.authorized

    @property
    def job_id(self) -> str | None:
        """The job that it has made, or that its path names; None if it is about none."""
        if self.made is not None and self.route == "/jobs":
            return self.made
        if self.route is None or "{job_id}" not in self.route:
            return None
        place = self.route.split("/").index("{job_id}")
        parts = self._path.split("/")
        return parts[place] if place < len(parts) else None

    @property
    def token(self) -> str:
        """The token: ``none``, ``good``, ``bad`` if it was refused, or ``unread`` where none is asked for."""
        if "authorization" not in self.headers:
            return "none"
        if self.authorized is not None:
            return "good"  # a judgement
        return "bad" if self.status in (401, 403) else "unread"

    @property
    def grant(self) -> str | None:
        """The grant that gave the token: ``basic`` or a grant type of OAuth; None if that is not known."""
        if self.authorized is None or self.journal is None:
            return None
        values = (each[14:].strip() for each in self._lines[1:] if each[:14].lower() == "authorization:")
        return next(map(self.journal.grant_of, values), None)

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return redact_path(self._path)

    @property
    def query_string(self) -> bytes:
        """The query as it was sent."""
        return redact_members(self._lines[0]).encode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of repeated ones the last."""
        return _members(self.query_string)

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers by lower-case name."""
        parts = (line.partition(":") for line in self._lines[1:])
        headers = {name.lower(): value for name, _, value in parts}
        return {name: redact_header(name, value) for name, value in headers.items()}

    @property
    def body(self) -> bytes:
        """The request's body; empty if it was too long to be kept: see ``body_length``, ``body_digest``."""
        body = b"".join(self._parts or ())
        if not body or not self._is_form:
            return body
        return redact_members(body.decode("latin-1")).encode("latin-1")

    @property
    def body_digest(self) -> str:
        """The SHA-256 checksum of the request's body in hexadecimal digits, be it kept or not."""
        return (self._digest or hashlib.sha256(b"".join(self._parts or ()))).hexdigest()

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
        return is_form(self.headers.get("content-type", ""))

    def begin_again(self) -> None:
        """Forget what was noted: the request is about to be handed in once more."""
        if self.journal is not None:
            self.journal.make_heavier(self, -self.drop_body())
        self.status, self.body_length, self._digest = None, 0, None

    def append_body(self, chunk: bytes) -> None:
        """Note a part of the request's body."""
        self.body_length += len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)
            return
        if self._parts is None:
            self._parts = []
        self._parts.append(chunk)
        if self.journal is not None:
            self.journal.make_heavier(self, len(chunk) + _PART)

    def drop_body(self) -> int:
        """Keep the digest and the length of the body only; return how many bytes that frees."""
        if not self._parts:
            return 0
        self._digest = hashlib.sha256(b"".join(self._parts))
        freed = sum(len(part) + _PART for part in self._parts)
        self._parts = None
        return freed

    def __repr__(self) -> str:
        query = f"?{text}" if (text := self.query_string.decode("latin-1")) else ""
        fault = f" by {self.fault}" if self.fault else ""
        return f"<{self.method} {self.path}{query} -> {self.status}{self.error_text}{fault}>"

    @property
    def error_text(self) -> str:
        """The code and the message of the error it was answered with, after a space; empty without one."""
        if match := _XML_ERROR.search(self.error or b""):
            return " " + unescape(b": ".join(match.groups()).decode())
        try:
            error = json.loads(self.error or b"")
            if "error" in error:  # of an issuer
                return f" {error['error']}: {error.get('error_description', '')}"
            return f" {error['code']}: {error['message']}"
        except (ValueError, LookupError, TypeError):
            return ""


def _members(text: bytes) -> dict[str, str]:
    return dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True))


class Journal(View[Exchange]):
    """The exchanges with a back-end, oldest first.

    Where they take more room than there is, the bodies of the oldest ones are no longer kept; if that is not
    enough, these are forgotten.

    Args:
        operations: Tells method and path template of everything the back-end serves.
        most: The maximum size of all in bytes, about.
        most_of_body: Of longer bodies only digest and length are kept; None for any length.
    """

    kind, noun, counted_by = Exchange, "exchange", "operation"

    def __init__(
        self,
        operations: Callable[[], Collection[tuple[str, str]]],
        *,
        most: int = MOST,
        most_of_body: int | None = None,
    ) -> None:
        self._operations = operations
        #: Returns the grant that gave the token of an ``Authorization`` header; None if that is not known.
        self.grant_of: Callable[[str], str | None] = lambda _: None
        self._most, self._most_of_body = most, most_of_body
        self._size = 0
        self._exchanges: list[Exchange] = []
        self._lock = RLock()

    def note(self, exchange: Exchange) -> None:
        """Add an exchange."""
        with self._lock:
            exchange.journal = self
            self._exchanges.append(exchange)
            self._size += exchange.weight
            self._make_room()

    def make_heavier(self, exchange: Exchange, count: int) -> None:
        """Learn that an exchange has become larger by this number of bytes."""
        with self._lock:
            if exchange.journal is not self:
                return
            if self._most_of_body is not None and exchange.body_length > self._most_of_body:
                count -= exchange.drop_body()
            self._size += count
            self._make_room()

    def clear(self) -> None:
        """Forget all exchanges."""
        with self._lock:
            self._forget(len(self._exchanges))

    def _make_room(self) -> None:
        if self._size <= self._most:
            return
        # More than that one needs, as others are to come.
        wanted = self._most * 3 // 4
        for exchange in self._exchanges:
            if self._size <= wanted:
                return
            self._size -= exchange.drop_body()
        left, count = self._size, 0
        while left > wanted and count < len(self._exchanges) - 1:
            left -= self._exchanges[count].weight
            count += 1
        self._forget(count)

    def _forget(self, count: int) -> None:
        for exchange in self._exchanges[:count]:
            exchange.journal = None
            self._size -= exchange.weight
        del self._exchanges[:count]

    def _items(self) -> list[Exchange]:
        return self._exchanges

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def select(  # type: ignore[override]  # the operation comes first
        self, route: str = "* *", *, status: int | None = None, **conditions: object
    ) -> list[Exchange]:
        """Return the exchanges with an operation.

        Args:
            route: A method and a path template or a path, e.g. ``"GET /jobs/{job_id}"``; ``*`` for any.
            status: Only those answered with this HTTP status.
            **conditions: Only those with these attributes, e.g. ``job_id=…``, ``user_id=…``, ``token="bad"``.

        Raises:
            ValueError: If the route cannot be read, or there is no such operation: nothing could
                ever be selected by it.
            TypeError: If exchanges have no such attribute.
        """
        return self._chosen(self._with(route), _all(status, conditions))

    def one(  # type: ignore[override]  # the operation comes first
        self, route: str = "* *", *, status: int | None = None, **conditions: object
    ) -> Exchange:
        """Return the only exchange with an operation.

        Args:
            route: A method and a path template or a path; ``*`` for any.
            status: Only one answered with this HTTP status.
            **conditions: Only one with these attributes.

        Raises:
            LookupError: If there is none, or more than one; the message tells what was asked instead.
            ValueError: If there is no such operation.
        """
        return self._only(self._with(route), _all(status, conditions), "" if route == "* *" else route)

    def sequence(self, route: str = "* *", **conditions: object) -> list[str]:
        """Return the operations in their order, each that is repeated in a row once.

        Args:
            route: A method and a path template or a path; ``*`` for any.
            **conditions: Only exchanges with these attributes, e.g. ``job_id=…``.
        """
        return [
            name
            for name, _ in groupby(each.operation for each in self._chosen(self._with(route), conditions))
        ]

    def _with(self, route: str) -> list[Exchange]:
        pattern = RoutePattern.parse(route)
        pattern.check(self._operations())
        return [each for each in self if pattern.matches(each.method, each.route, each.path)]


def _all(status: int | None, conditions: dict[str, object]) -> dict[str, object]:
    return conditions if status is None else {"status": status, **conditions}
