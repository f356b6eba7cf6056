"""URLs that work without a log-in until they expire."""

import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

from mock_backend.errors import PermissionsInsufficient, ResultLinkExpired


def sign(base: str, path: str, expires: datetime, *, key: str) -> str:
    """Return the URL of a path with its expiry and signature.

    Args:
        base: The back-end's URL.
        path: The path below it, not percent-encoded, with a leading slash.
        expires: When the URL stops working; whole seconds count.
        key: The back-end's secret.
    """
    epoch = int(expires.timestamp())
    return f"{base}{quote(path)}?expires={epoch}&signature={_signature(path, epoch, key)}"


def check(path: str, expires: int, signature: str, *, key: str, now: datetime) -> None:
    """Check what ``sign`` made.

    Raises:
        PermissionsInsufficient: If path, expiry and signature do not belong together.
        ResultLinkExpired: If it is too late.
    """
    if not hmac.compare_digest(_signature(path, expires, key).encode(), signature.encode()):
        raise PermissionsInsufficient("The signature does not match this URL; request the results again.")
    if now.timestamp() >= expires:
        raise ResultLinkExpired


def _signature(path: str, epoch: int, key: str) -> str:
    return hmac.new(key.encode(), f"{path}?{epoch}".encode(), hashlib.sha256).hexdigest()[:40]
