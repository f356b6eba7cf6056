"""Documents in stores: their JSON and their order."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json, to_json

from mock_backend.stores.base import Document, DocumentError

# A parser of JSON stops at some 200 levels; no document nests like that on purpose.
_DEEPEST = 190


def window(
    keys: Sequence[Any], after: Any, before: Any, limit: int | None, *, is_end: bool
) -> tuple[int, int]:
    """Return where the first or the last keys between two others begin and end, up to a limit."""
    start = 0 if after is None else bisect_right(keys, after)
    end = len(keys) if before is None else bisect_left(keys, before)
    if limit is None:
        return start, end
    return (max(start, end - limit), end) if is_end else (start, min(end, start + limit))


def encode_document(document: Document) -> bytes:
    """Turn a document into JSON.

    Raises:
        DocumentError: If reading the JSON would not give the same document back, except that tuples
            become lists.
    """
    if not isinstance(document, dict):
        raise DocumentError(f"A store keeps JSON objects, got {type(document).__name__}.")
    try:
        raw = to_json(document, inf_nan_mode="null")
        # Read as deep as it will be in a file, so that no parser's limit surprises us there.
        if from_json(b"[[[%b]]]" % raw)[0][0][0] == document:
            return raw
    except ValueError as error:
        raise DocumentError(f"A store keeps JSON values only: {_fault(document) or error}.") from None
    if fault := _fault(document):
        raise DocumentError(f"A store keeps JSON values only: {fault}.")
    return raw


def identify(document: Document) -> tuple[str, str, int]:
    """Return a job's id, owner and number; raise ``ValueError`` if one is missing or of another type."""
    job_id, user_id, number = document.get("job_id"), document.get("user_id"), document.get("number")
    if not isinstance(job_id, str) or not isinstance(user_id, str):
        raise ValueError(f"A job needs a str as job_id and user_id, got {job_id!r} and {user_id!r}.")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError(f"Job {job_id!r} needs an int as its creation number, got {number!r}.")
    return job_id, user_id, number


def decode(raw: bytes) -> Document:
    """Turn JSON into a document."""
    document: Document = from_json(raw)
    return document


def _fault(value: Any, where: str = "the document", depth: int = 0) -> str | None:
    """Say where something is that JSON does not have."""
    if depth > _DEEPEST:
        return "it is nested too deeply"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{where} is {value}"
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                return f"{where} has the key {key!r}"
            if fault := _fault(item, f"{where}[{key!r}]" if depth else repr(key), depth + 1):
                return fault
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if fault := _fault(item, f"{where}[{index}]", depth + 1):
                return fault
    elif not (value is None or isinstance(value, str | int | float)):
        return f"{where} is a {type(value).__name__}"
    return None
