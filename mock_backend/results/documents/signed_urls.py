"""URLs that work without a log-in until they expire."""

import hmac
from datetime import datetime
from urllib.parse import quote

from mock_backend.errors import PermissionsInsufficient, ResultLinkExpired

#: The places of the signature and of a name in a URL that has none yet.
_HERE, _NAME = "\0", "\1"
_DIGITS = 40
_SAFE = "/="


class Signer:
    """Makes signed URLs of one expiry: a document may have thousands.

    Args:
        expires: When the URLs stop working; whole seconds count.
        **parts: The values of placeholders of their forms, not percent-encoded.
    """

    def __init__(self, expires: datetime, *, key: str, **parts: object) -> None:
        self._key, self._epoch = key, int(expires.timestamp())
        self._parts = _quoted(parts) | {"name": _NAME}
        self._begun: dict[str, str] = {}

    def url(self, base: str, form: str, name: str = "") -> str:
        """Return a signed URL.

        Args:
            form: The form of the rest, as in ``mock_backend.profiles.dialect.SignedUrls``.
        """
        if (begun := self._begun.get(form)) is None:
            begun = self._begun[form] = _unsigned(form, self._epoch, self._parts)
        unsigned = begun.replace(_NAME, quote(name, safe=_SAFE))
        return base + unsigned.replace(_HERE, _signature(unsigned, self._key))


def check_signature(
    form: str, expires: int, signature: str, *, key: str, now: datetime, **parts: object
) -> None:
    """Check a signed URL.

    Raises:
        PermissionsInsufficient: If form, parts, expiry and signature do not belong together.
        ResultLinkExpired: If it is too late.
    """
    expected = _signature(_unsigned(form, expires, _quoted(parts)), key)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise PermissionsInsufficient("The signature does not match this URL; request the results again.")
    if now.timestamp() >= expires:
        raise ResultLinkExpired


def _quoted(parts: dict[str, object]) -> dict[str, str]:
    return {name: quote(str(value), safe=_SAFE) for name, value in parts.items()}


def _unsigned(form: str, epoch: int, quoted: dict[str, str]) -> str:
    """Return what follows the back-end's URL, with a mark in the place of the signature."""
    return form.format(expires=epoch, signature=_HERE, **quoted)


def _signature(unsigned: str, key: str) -> str:
    return hmac.digest(key.encode(), unsigned.encode(), "sha256").hex()[:_DIGITS]
