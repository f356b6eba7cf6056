"""Ids of jobs and requests: made up, but always the same for the same facts."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from mock_backend.errors import Internal

#: Returns the id of a job from its process graph and its number, or None for a made-up one.
OrderedId = Callable[[Any, int], str | None]

_ID = re.compile(r"[\w.~-]+", re.ASCII)
_NOW = re.compile(r"{now(?::([^}]*))?}")


def made_id(form: str, facts: str, now: datetime) -> str:
    """Return an id.

    Args:
        form: Its form, as in ``mock_backend.profiles.Dialect.job_ids``.
        facts: The facts that decide it, together with the instant if the form asks for that.
    """
    digest = sha256(facts.encode())
    given: dict[str, Any] = {"hex": digest.hexdigest()}
    form = _dated(form, now)
    if "{letters" in form:
        given["letters"] = b64encode(digest.digest(), b"Aa").decode().rstrip("=")
    if "{uuid" in form:
        given["uuid"] = UUID(bytes=digest.digest()[:16], version=4)
    return form.format(**given)


@lru_cache(maxsize=64)
def _dated(form: str, now: datetime) -> str:
    """Return a form with the instant in it: many jobs are made while a clock stands still."""
    return _NOW.sub(lambda match: format(now, match[1] or ""), form)


def check_job_id(job_id: object, *, is_taken: bool) -> None:
    """Check the id of a job that a test adds.

    Raises:
        ValueError: If it cannot be the id of a job, or another job has it.
    """
    if not (isinstance(job_id, str) and _ID.fullmatch(job_id)):
        raise ValueError(f"The id of a job consists of letters, digits and -._~, got {job_id!r}.")
    if is_taken:
        raise ValueError(f"There is a job {job_id!r} already.")


def check_ordered_id(ordered: object, *, is_taken: bool) -> None:
    """Check an id that a test has ordered for a job.

    Raises:
        Internal: If it cannot be the id of a job, or another job has it.
    """
    if not (isinstance(ordered, str) and _ID.fullmatch(ordered)):
        reason = f"a job's id consists of letters, digits and -._~, and job_id has returned {ordered!r}."
    elif is_taken:
        reason = f"job_id has returned {ordered!r}, which is the id of another job."
    else:
        return
    raise Internal(message=reason)
