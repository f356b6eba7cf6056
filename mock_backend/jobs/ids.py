"""Ids of jobs and requests: made up, but always the same for the same facts."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from uuid import UUID


def made_id(form: str, facts: str, now: datetime) -> str:
    """Return an id.

    Args:
        form: Its form, as in ``mock_backend.profiles.Dialect.job_ids``.
        facts: What decides it, together with the instant if the form asks for that.
        now: The instant.
    """
    digest = sha256(facts.encode())
    return form.format(
        now=now,
        hex=digest.hexdigest(),
        letters=b64encode(digest.digest(), b"Aa").decode().rstrip("="),
        uuid=UUID(bytes=digest.digest()[:16], version=4),
    )
