"""Conditional requests: what a client knows of a representation already (RFC 9110, section 13)."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from mock_backend.dataclass import dataclass
from mock_backend.errors import RequestInvalid

_ENTITY_TAG = re.compile(r'(W/)?("[^"]*")')


@dataclass(frozen=True)
class Validators:
    """Validators that tell one version of a representation from another."""

    etag: str | None = None  #: The entity tag with its quotes, a strong one; None if there is none
    modified: datetime | None = None  #: When it was last modified; None if that is unknown

    def headers(self) -> dict[str, str]:
        """Return the headers that tell clients."""
        headers = {}
        if self.etag is not None:
            headers["ETag"] = self.etag
        if self.modified is not None:
            headers["Last-Modified"] = _date(_whole_second(self.modified))
        return headers

    def require(self, headers: Mapping[str, str]) -> None:
        """Check ``If-Match``, or ``If-Unmodified-Since`` where that is missing.

        Raises:
            RequestInvalid: With 412, if this is not the version that the client means.
        """
        if (wanted := headers.get("if-match")) is not None:
            if not self._has_tag(wanted, weak=False):
                raise _not_this_version(f"If-Match names {wanted[:100]}, and this is {self.etag}.")
        elif (since := _date_of(headers, "if-unmodified-since")) is not None and self._is_later_than(since):
            raise _not_this_version(f"It was modified after {headers['if-unmodified-since']}.")

    def are_known(self, headers: Mapping[str, str]) -> bool:
        """Tell from ``If-None-Match``, or ``If-Modified-Since``, whether a client has this version."""
        if (known := headers.get("if-none-match")) is not None:
            return self._has_tag(known, weak=True)
        since = _date_of(headers, "if-modified-since")
        return since is not None and self.modified is not None and not self._is_later_than(since)

    def allow_parts(self, headers: Mapping[str, str]) -> bool:
        """Tell from ``If-Range`` whether a client has other parts of this very version, if it has any."""
        condition = headers.get("if-range")
        if condition is None:
            return True
        if '"' in condition:
            return self._has_tag(condition, weak=False)
        since = _date_of(headers, "if-range")
        return since is not None and self.modified is not None and _whole_second(self.modified) == since

    def _has_tag(self, listed: str, *, weak: bool) -> bool:
        if listed.strip() == "*":
            return True
        return self.etag is not None and self.etag in _tags_in(listed, weak=weak)

    def _is_later_than(self, instant: datetime) -> bool:
        return self.modified is not None and _whole_second(self.modified) > instant


def etag_of(content: bytes) -> str:
    """Return the entity tag of content, with its quotes: the same for the same content."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def _tags_in(listed: str, *, weak: bool) -> Iterator[str]:
    for match in _ENTITY_TAG.finditer(listed):
        if weak or not match[1]:
            yield match[2]


def _date_of(headers: Mapping[str, str], name: str) -> datetime | None:
    """Return the date in a header; None if it is missing or no date, which means the same."""
    try:
        date = parsedate_to_datetime(headers.get(name, ""))
    except (TypeError, ValueError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


@lru_cache(maxsize=64)
def _date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


def _whole_second(instant: datetime) -> datetime:
    """Return an instant as HTTP's dates tell it."""
    return instant.astimezone(UTC).replace(microsecond=0)


def _not_this_version(reason: str) -> RequestInvalid:
    return RequestInvalid(f"The content is of another version: {reason}", status=412)
