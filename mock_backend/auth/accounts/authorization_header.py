"""Content of an ``Authorization`` header."""

import base64
import binascii
import re
from typing import Literal, NamedTuple

from mock_backend.errors import (
    AuthenticationRequired,
    AuthenticationSchemeInvalid,
    CredentialsInvalid,
    TokenInvalid,
)

BASIC_TOKEN = "basic//"  # noqa: S105  # a prefix of openEO bearer tokens, not a secret

#: Schemes by the names that people know. Any other word may be a secret that came without a scheme.
_SCHEMES = {
    name.lower(): name
    for name in (
        "ApiKey",
        "AWS4-HMAC-SHA256",
        "Basic",
        "Bearer",
        "Digest",
        "DPoP",
        "Negotiate",
        "NTLM",
        "Token",
    )
}

_BASIC = re.compile(r"basic//(\S+)")
# Ids of providers are that short; so a token in the place of one is not taken for it, and not repeated.
_OIDC = re.compile(r"oidc/([\w.-]{1,20})/(\S+)")
_PLAIN = re.compile(r"[^\s/]+")

_SHAPES = "'basic//TOKEN' or 'oidc/PROVIDER/TOKEN', and with API 1.3 a JSON Web Token"


class Bearer(NamedTuple):
    """A bearer token."""

    #: Its origin: HTTP Basic log-in, from a named OpenID Connect provider, or, as a plain token (API 1.3),
    #: from a provider that the token itself names
    method: Literal["basic", "oidc", "plain"]
    provider: str | None  #: The id of the provider; None unless the method is ``oidc``
    token: str  #: The token without the API's prefix


def read_bearer(authorization: str | None) -> Bearer:
    """Read the header of a request that needs a user.

    Raises:
        AuthenticationRequired: Without a header.
        AuthenticationSchemeInvalid: With another scheme.
        TokenInvalid: If its token has none of the shapes there are.
    """
    if not authorization:
        raise AuthenticationRequired("Unauthorized: send a bearer token in the Authorization header.")
    token = _credentials(authorization, "Bearer", f"Bearer {BASIC_TOKEN}TOKEN")
    if basic := _BASIC.fullmatch(token):
        return Bearer("basic", None, basic[1])
    if oidc := _OIDC.fullmatch(token):
        return Bearer("oidc", oidc[1], oidc[2])
    if _PLAIN.fullmatch(token):
        return Bearer("plain", None, token)
    raise malformed()


def malformed() -> TokenInvalid:
    """Return the error for a bearer token that has none of the shapes there are."""
    return TokenInvalid(
        f"This is not a bearer token of this back-end; it takes {_SHAPES}. Please log in again."
    )


def read_basic(authorization: str | None) -> tuple[str, str]:
    """Read user name and password from the header of a log-in.

    Raises:
        AuthenticationRequired: Without a header.
        AuthenticationSchemeInvalid: With another scheme.
        CredentialsInvalid: If that is not what it holds.
    """
    if not authorization:
        raise AuthenticationRequired("Log in with HTTP Basic authentication: user name and password.")
    encoded = _credentials(authorization, "Basic", "Basic BASE64")
    try:
        name, colon, password = _text(base64.b64decode(encoded, validate=True)).partition(":")
    except (binascii.Error, ValueError):
        raise CredentialsInvalid("The Basic credentials are not base64-encoded.") from None
    if not colon:
        raise CredentialsInvalid("The Basic credentials are not 'NAME:PASSWORD', base64-encoded.")
    return name, password


def _credentials(authorization: str, scheme: str, example: str) -> str:
    """Return what follows the scheme. Messages never repeat what may be a secret."""
    given, _, credentials = authorization.strip().partition(" ")
    if given.lower() == scheme.lower():
        return credentials.strip()
    known = _SCHEMES.get(given.lower())
    instead = f", not with {known}" if known else ""
    raise AuthenticationSchemeInvalid(
        f"Authenticate with the scheme {scheme}{instead}; the header is 'Authorization: {example}'."
    )


def _text(credentials: bytes) -> str:
    """Decode HTTP Basic credentials, whose encoding no header names."""
    try:
        return credentials.decode()
    except UnicodeDecodeError:
        # requests, and so the openeo client, sends Latin-1 where that will do.
        return credentials.decode("latin-1")
