"""URLs that work without a log-in until they expire."""

import hashlib
import hmac
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from mock_backend.errors import PermissionsInsufficient, ResultLinkExpired

#: What no URL holds.
_HERE = "\0"


def sign(base: str, form: str, expires: datetime, *, key: str, **parts: object) -> str:
    """Return a signed URL.

    Args:
        base: The back-end's URL.
        form: What follows it, as in ``mock_backend.profiles.dialect.SignedUrls``.
        expires: When the URL stops working; whole seconds count.
        key: The back-end's secret.
        **parts: What the placeholders of the form stand for, not percent-encoded.
    """
    unsigned = _unsigned(form, int(expires.timestamp()), parts)
    return base + unsigned.replace(_HERE, _signature(unsigned, key))


def check(form: str, expires: int, signature: str, *, key: str, now: datetime, **parts: object) -> None:
    """Check what ``sign`` made.

    Raises:
        PermissionsInsufficient: If form, parts, expiry and signature do not belong together.
        ResultLinkExpired: If it is too late.
    """
    expected = _signature(_unsigned(form, expires, parts), key)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise PermissionsInsufficient("The signature does not match this URL; request the results again.")
    if now.timestamp() >= expires:
        raise ResultLinkExpired


def _unsigned(form: str, epoch: int, parts: dict[str, object]) -> str:
    """Return what follows the back-end's URL, with a mark in the place of the signature."""
    quoted = {name: _quoted(str(value)) for name, value in parts.items()}
    return form.format(expires=epoch, signature=_HERE, **quoted)


@lru_cache(maxsize=1000)
def _quoted(part: str) -> str:
    # The ids of a job are in the URLs of all its files.
    return quote(part, safe="/=")


def _signature(unsigned: str, key: str) -> str:
    return hmac.new(key.encode(), unsigned.encode(), hashlib.sha256).hexdigest()[:40]
