"""The accounts of a back-end and the tokens it handed out."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from mock_backend.errors import (
    AuthenticationRequired,
    AuthenticationSchemeInvalid,
    CredentialsInvalid,
    TokenInvalid,
)

_NAME = re.compile(r"[\w\-.~]+")

DEFAULT_ACCOUNTS = {"alice": "secret"}

BASIC_TOKEN = "basic//"  # noqa: S105  # a prefix of openEO bearer tokens, not a secret


class User(BaseModel):
    """An account of the back-end."""

    model_config = ConfigDict(extra="allow")

    user_id: str
    name: str | None = None
    budget: float | None = Field(default=None, ge=0)
    #: The billing plan of who names none; None for the back-end's own default.
    default_plan: str | None = None
    #: How many bytes the user's files may have; None for what the back-end's settings say.
    storage_quota: int | None = Field(default=None, ge=0)


class Users:
    """Know the accounts and check credentials.

    Args:
        accounts: Passwords by user name.
        seed: Decides the tokens: the same seed, realm and user give the same ones.
        realm: Where the tokens are good, e.g. the back-end's URL; others must not take them.
    """

    def __init__(self, accounts: Mapping[str, str] | None = None, *, seed: int = 0, realm: str = "") -> None:
        self._key = f"{seed}/{realm}".encode()
        if accounts is not None and not isinstance(accounts, Mapping):
            raise TypeError(f"users maps names to passwords, e.g. {{'alice': 'secret'}}, not {accounts!r}.")
        self._passwords = dict(DEFAULT_ACCOUNTS if accounts is None else accounts)
        for name, password in self._passwords.items():
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"A user name is the API's user_id: letters, digits and . _ ~ - only, not {name!r}."
                )
            if not isinstance(password, str):
                raise ValueError(f"The password of {name} is a text, not {password!r}.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._passwords)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._passwords

    @property
    def default(self) -> str:
        """The account that ``connect()`` logs in: the first one."""
        if not self._passwords:
            raise ValueError("This back-end has no accounts; give it some with users={'alice': 'secret'}.")
        return next(iter(self._passwords))

    @cached_property
    def _by_token(self) -> dict[str, User]:
        # All accounts, not only those that have logged in: a token outlives a restart of a served back-end.
        return {self.issue(name): User(user_id=name, name=name) for name in self._passwords}

    def issue(self, user_id: str) -> str:
        """Return the bearer token (``basic//…``) of an account.

        Raises:
            ValueError: If there is no such account.
        """
        if user_id not in self._passwords:
            known = ", ".join(map(repr, self._passwords)) or "none"
            raise ValueError(f"No account has the name {user_id!r}; this back-end's accounts: {known}.")
        secret = hmac.new(self._key, user_id.encode(), hashlib.sha256).hexdigest()
        return BASIC_TOKEN + secret[:32]

    def log_in(self, authorization: str | None) -> str:
        """Check an HTTP Basic ``Authorization`` header and return the access token, without prefix.

        Raises:
            AuthenticationRequired: Without a header.
            AuthenticationSchemeInvalid: With another scheme.
            CredentialsInvalid: If name and password do not match an account.
        """
        if not authorization:
            raise AuthenticationRequired("Log in with HTTP Basic authentication: user name and password.")
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            raise AuthenticationSchemeInvalid(f"Log in with HTTP Basic authentication, not with {scheme!r}.")
        try:
            name, colon, password = _text(base64.b64decode(encoded.strip(), validate=True)).partition(":")
        except binascii.Error:
            raise CredentialsInvalid("The Basic credentials are not base64-encoded.") from None
        expected = self._passwords.get(name)
        if not colon or expected is None or not hmac.compare_digest(expected.encode(), password.encode()):
            raise CredentialsInvalid
        return self.issue(name).removeprefix(BASIC_TOKEN)

    def by_authorization(self, authorization: str | None) -> User:
        """Return the account of a bearer ``Authorization`` header.

        Raises:
            AuthenticationRequired: Without a header.
            AuthenticationSchemeInvalid: With another scheme.
            TokenInvalid: If the token is not one of this back-end's.
        """
        if not authorization:
            raise AuthenticationRequired("Unauthorized: send a bearer token in the Authorization header.")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationSchemeInvalid(f"Authenticate with a bearer token, not with {scheme!r}.")
        user = self._by_token.get(token.strip())
        if user is None:
            raise TokenInvalid
        return user


def _text(credentials: bytes) -> str:
    """Decode HTTP Basic credentials, whose encoding no header names."""
    try:
        return credentials.decode()
    except UnicodeDecodeError:
        # requests, and so the openeo client, sends Latin-1 where that will do.
        return credentials.decode("latin-1")
