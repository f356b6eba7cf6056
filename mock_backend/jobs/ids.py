"""Ids of jobs and requests: made up, but always the same for the same facts."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

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


def check_job_id(job_id: object, stored: Callable[[str], object]) -> str:
    """Return the id that a test gives a job.

    Args:
        stored: Returns the job that has an id; None if there is none.

    Raises:
        ValueError: If it cannot be the id of a job, or another job has it.
    """
    if not (isinstance(job_id, str) and _ID.fullmatch(job_id)):
        raise ValueError(f"The id of a job consists of letters, digits and -._~, got {job_id!r}.")
    if stored(job_id) is not None:
        raise ValueError(f"There is a job {job_id!r} already.")
    return job_id
