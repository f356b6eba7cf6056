"""Proof Key for Code Exchange (RFC 7636): who redeems a code is who asked for it."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from mock_backend.auth.oidc.errors import OAuthError

_TEXT = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
METHOD = "S256"


def read_challenge(parameters: Mapping[str, str], *, required: bool) -> str | None:
    """Return the challenge in the parameters of a request: the hash of the client's secret, or None.

    Raises:
        OAuthError: If it is missing but required, malformed, or of another method.
    """
    value, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if value is None:
        if required:
            raise OAuthError("invalid_request", "A public client needs PKCE: send a code_challenge.")
        if method is not None:
            raise OAuthError("invalid_request", "There is a code_challenge_method but no code_challenge.")
        return None
    if method != METHOD:
        raise OAuthError("invalid_request", f"Only the code_challenge_method {METHOD} is supported.")
    if not _TEXT.fullmatch(value):
        raise OAuthError("invalid_request", "A code_challenge has 43 to 128 letters, digits and - . _ ~.")
    return value


def check_verifier(challenge: str | None, verifier: str | None) -> None:
    """Check what the client proves itself by; raise ``OAuthError`` if the challenge is another one's."""
    if challenge is None:
        if verifier is not None:
            raise OAuthError("invalid_grant", "There is a code_verifier, but there was no code_challenge.")
        return
    if verifier is None:
        raise OAuthError("invalid_grant", "The code_verifier is missing.")
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    if not _TEXT.fullmatch(verifier) or not hmac.compare_digest(expected, challenge):
        raise OAuthError("invalid_grant", "The code_verifier does not belong to the code_challenge.")
