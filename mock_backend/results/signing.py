"""URLs that work without a log-in until they expire."""

import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

from mock_backend.errors import PermissionsInsufficient, ResultLinkExpired


def sign(base: str, form: str, expires: datetime, *, key: str, **parts: object) -> str:
    """Return a signed URL.

    Args:
        base: The back-end's URL.
        form: What follows it, as in ``mock_backend.profiles.dialect.SignedUrls``.
        expires: When the URL stops working; whole seconds count.
        key: The back-end's secret.
        **parts: What the placeholders of the form stand for, not percent-encoded.
    """
    epoch = int(expires.timestamp())
    signature = _signature(form, epoch, key, parts)
    quoted = {name: quote(str(value), safe="/=") for name, value in parts.items()}
    return base + form.format(expires=epoch, signature=signature, **quoted)


def check(form: str, expires: int, signature: str, *, key: str, now: datetime, **parts: object) -> None:
    """Check what ``sign`` made.

    Raises:
        PermissionsInsufficient: If form, parts, expiry and signature do not belong together.
        ResultLinkExpired: If it is too late.
    """
    if not hmac.compare_digest(_signature(form, expires, key, parts).encode(), signature.encode()):
        raise PermissionsInsufficient("The signature does not match this URL; request the results again.")
    if now.timestamp() >= expires:
        raise ResultLinkExpired


def _signature(form: str, epoch: int, key: str, parts: dict[str, object]) -> str:
    text = form.format(expires=epoch, signature="", **parts)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]
