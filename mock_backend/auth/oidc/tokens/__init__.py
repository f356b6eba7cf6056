"""The tokens of an issuer: what is in them, and what has become of them."""

import base64
import hashlib
import secrets
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_backend.auth.accounts import User
from mock_backend.auth.oidc.clients import Client
from mock_backend.auth.oidc.errors import OAuthError
from mock_backend.auth.oidc.tokens.signing import SignatureInvalid, WrongKind
from mock_backend.cache import Kept, forget_oldest
from mock_backend.dataclass import dataclass
from mock_backend.durations import later

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer

#: Maximum number of tokens of a kind to remember, and of signatures.
_MOST, _MANY = 10_000, 1000

#: The ``typ`` of an access token (RFC 9068, section 2.1) and of an id token.
ACCESS, ID = "at+jwt", "JWT"

OPENID, PROFILE, EMAIL, OFFLINE = "openid", "profile", "email", "offline_access"
ENTITLEMENTS = "eduperson_entitlement"

#: Scopes that clients may request.
SCOPES = (OPENID, PROFILE, EMAIL, OFFLINE, ENTITLEMENTS)


@dataclass(eq=False)
class Login:
    """Log-in of a user at a client; all tokens that come from it share its fate."""

    client: Client
    user: User
    scope: tuple[str, ...]
    at: datetime
    issuer: str  #: The issuer's URL as the client knows it
    nonce: str | None = None  #: The value to repeat in the id token
    session: str = field(default_factory=lambda: secrets.token_hex(8))  #: The browser's session
    is_revoked: bool = False


@dataclass(eq=False)
class Token:
    """A token that has been given out."""

    kind: str  #: ``access_token`` or ``refresh_token``
    login: Login
    scope: tuple[str, ...]
    issued: datetime  #: When it was given out
    expires: datetime  #: From when on it is no longer good
    is_revoked: bool = False
    #: True if another one has taken its place.
    is_spent: bool = False
    #: The grant that gave it.
    grant_type: str | None = None

    def is_good(self, now: datetime) -> bool:
        """Tell whether its issuer stands by it."""
        return not (self.is_revoked or self.is_spent or self.login.is_revoked) and now < self.expires


class TokenBook:
    """Make tokens, and remember them."""

    def __init__(self, issuer: "Issuer") -> None:
        self._issuer = issuer
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self._verified: Kept[dict[str, Any]] = Kept(_MANY)

    def answer(self, login: Login, scope: tuple[str, ...], grant_type: str | None) -> dict[str, Any]:
        """Return new tokens as a token endpoint does (RFC 6749, section 5.1), but no refresh token."""
        now = self._issuer.now()
        issued = int(now.timestamp())
        expires = issued + int(self._issuer.access_token_ttl.total_seconds())
        claims = {
            "iss": login.issuer,
            "sub": subject_of(login.user),
            "aud": login.client.audience or self._issuer.audience,
            "iat": issued,
            "nbf": issued,
            "exp": expires,
            "jti": secrets.token_urlsafe(16),
            "azp": login.client.id,
            "client_id": login.client.id,
            "scope": " ".join(scope),
            "sid": login.session,
            **claims_about(login.user, scope),
        }
        access = self._issuer.keys.sign(claims, ACCESS)
        end = later(now.replace(microsecond=0), expires - issued)
        token = Token("access_token", login, scope, now, end, grant_type=grant_type)
        self._access[claims["jti"]] = token
        forget_oldest(self._access, _MOST)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": expires - issued,
            "scope": " ".join(scope),
        }

    def id_token(self, login: Login, access_token: str) -> str:
        """Return the id token that goes with an access token (OpenID Connect Core, section 2)."""
        issued = int(self._issuer.now().timestamp())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": login.issuer,
            "sub": subject_of(login.user),
            "aud": login.client.id,
            "azp": login.client.id,
            "iat": issued,
            "exp": issued + int(self._issuer.id_token_ttl.total_seconds()),
            "auth_time": int(login.at.timestamp()),
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
            "sid": login.session,
            **({} if login.nonce is None else {"nonce": login.nonce}),
            **claims_about(login.user, login.scope),
        }
        return self._issuer.keys.sign(claims, ID)

    def refresh_token(self, login: Login) -> str:
        """Return a new refresh token."""
        now = self._issuer.now()
        value = secrets.token_urlsafe(32)
        self._refresh[value] = Token(
            "refresh_token", login, login.scope, now, later(now, self._issuer.refresh_token_ttl)
        )
        forget_oldest(self._refresh, _MOST)
        return value

    def has_refresh_token(self, value: str) -> bool:
        """Tell whether a refresh token is one of this issuer's, good or not."""
        return value in self._refresh

    def redeem(self, value: str, client: Client) -> Token:
        """Return the refresh token that a client presents.

        Raises:
            OAuthError: If it is none, or not good any more. If it has been replaced, it or its
                successor was stolen, so the whole log-in is revoked (RFC 9700, section 4.14.2).
        """
        token = self._refresh.get(value)
        if token is None or token.login.client.id != client.id:
            raise OAuthError("invalid_grant", "This is not a refresh token of this client.")
        if token.is_spent:
            token.login.is_revoked = True
            raise OAuthError(
                "invalid_grant",
                "This refresh token has been used before, and another one was given for it. All tokens of "
                "this log-in are revoked now.",
            )
        if token.is_revoked or token.login.is_revoked:
            raise OAuthError("invalid_grant", "This refresh token has been revoked.")
        if token.expires <= self._issuer.now():
            raise OAuthError("invalid_grant", f"This refresh token expired at {token.expires.isoformat()}.")
        return token

    def claims(self, token: str, kind: str = ACCESS) -> dict[str, Any]:
        """Return the claims of a token whose signature is good.

        Args:
            kind: The ``typ`` of its header.

        Raises:
            SignatureInvalid: If it is not, or if it is a token of another kind.
        """
        key = token, kind, self._issuer.keys.generation
        return self._verified.get(key, lambda: self._issuer.keys.verify(token, kind))

    def has_signed(self, token: str) -> bool:
        """Tell whether one of the keys has signed a token, of whatever kind."""
        try:
            self.claims(token)
        except SignatureInvalid as error:
            return isinstance(error, WrongKind)
        return True

    def find(self, token: str) -> tuple[Token, dict[str, Any]] | None:
        """Return a token of this issuer, of either kind, with its claims; None if it is none."""
        if (refresh := self._refresh.get(token)) is not None:
            return refresh, {}
        try:
            claims = self.claims(token)
        except SignatureInvalid:
            return None
        known = self.access(claims)
        return None if known is None else (known, claims)

    def access(self, claims: dict[str, Any]) -> Token | None:
        """Return the access token of these claims; None if this issuer has not given it out."""
        name = claims.get("jti")
        return self._access.get(name) if isinstance(name, str) else None

    def tokens(self) -> list[Token]:
        """Return all tokens that it remembers, good or not.

        By the API's clock one may still be good that its issuer gives up already.
        """
        return [*self._access.values(), *self._refresh.values()]


def subject_of(user: User) -> str:
    """Return what an issuer calls a user."""
    return user.subject or user.user_id


def claims_about(user: User, scope: tuple[str, ...]) -> dict[str, Any]:
    """Return what a client with this scope is told about a user (OpenID Connect Core, section 5.4)."""
    claims: dict[str, Any] = {}
    if PROFILE in scope:
        claims |= {"name": user.name or user.user_id, "preferred_username": user.user_id}
    if EMAIL in scope and user.email:
        claims |= {"email": user.email, "email_verified": True}
    if ENTITLEMENTS in scope:
        claims[ENTITLEMENTS] = list(user.entitlements)
    if user.roles:
        claims["roles"] = list(user.roles)
    return claims
