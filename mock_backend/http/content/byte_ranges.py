"""The ``Range`` header: which bytes of a representation a client wants (RFC 9110, section 14)."""

import re

from mock_backend.errors import RequestInvalid

Span = tuple[int, int]
"""The first byte, and the first one behind the last."""

# Nothing is longer than this many digits say.
_SPEC = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")

#: A header that asks for more parts is disregarded, as RFC 9110 (14.2) advises.
_MAX_PARTS = 100


def parse_ranges(header: str, size: int) -> list[Span] | None:
    """Return the spans that a ``Range`` header asks for; None if it is to be disregarded.

    Args:
        header: The header's value, e.g. ``bytes=0-99,-10``.

    Raises:
        RequestInvalid: With 416, if it cannot be read, or if there are no such bytes.
    """
    unit, equals, specs = header.partition("=")
    if equals and unit.strip().lower() != "bytes":
        return None
    found = [_span(spec.strip(), header, size) for spec in specs.split(",") if spec.strip()]
    if not found:
        raise _malformed(header, size)
    spans = [span for span in found if span is not None]
    if not spans:
        raise _refusal(f"There are no such bytes: the content has {size} bytes, got {header!r}.", size)
    if len(spans) > _MAX_PARTS or sum(stop - start for start, stop in spans) > size:
        return None
    return spans


def _span(spec: str, header: str, size: int) -> Span | None:
    """Return one span; None if there are no such bytes."""
    match = _SPEC.fullmatch(spec)
    if match is None or spec == "-":
        raise _malformed(header, size)
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            raise _malformed(header, size)
    return (start, stop) if start < stop else None


def _malformed(header: str, size: int) -> RequestInvalid:
    return _refusal(
        f"The Range header must be bytes=FIRST-LAST, bytes=FIRST- or bytes=-COUNT, or several of "
        f"these separated by commas, got {header[:100]!r}.",
        size,
    )


def _refusal(message: str, size: int) -> RequestInvalid:
    return RequestInvalid(message, status=416, headers={"Content-Range": f"bytes */{size}"})
