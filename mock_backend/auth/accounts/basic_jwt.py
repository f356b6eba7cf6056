"""Basic tokens as JSON Web Tokens (RFC 7519): the form of bearer tokens that openEO API 1.3 recommends."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

#: The path of the issuer; basic tokens have none but the endpoint that hands them out.
_ISSUER = "/credentials/basic"


def to_jwt(token: str, *, base: str, subject: str, key: bytes) -> str:
    """Return a basic token as a signed JSON Web Token.

    Args:
        base: The URL of the API that hands it out.
        subject: The name of its account.
        key: The secret of the back-end.
    """
    claims = {"iss": base + _ISSUER, "sub": subject, "jti": token}
    signed = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{signed}.{_signature(signed, key)}"


def from_jwt(token: str, key: bytes) -> str:
    """Return the token that ``to_jwt`` has wrapped; a token that is no JSON Web Token stays as it is."""
    claims = _claims(token)
    signed, _, signature = token.rpartition(".")
    if claims is None or not hmac.compare_digest(_signature(signed, key).encode(), signature.encode()):
        return token
    return str(claims.get("jti"))


def is_basic_jwt(token: str) -> bool:
    """Tell whether a JSON Web Token says that it comes from a log-in with a password."""
    claims = _claims(token)
    return claims is not None and str(claims.get("iss")).endswith(_ISSUER)


def _encoded(part: dict[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).decode().rstrip("=")


def _claims(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    # A JSON object begins with these in base64.
    if len(parts) != 3 or not parts[0].startswith("eyJ"):
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=="))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _signature(signed: str, key: bytes) -> str:
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
