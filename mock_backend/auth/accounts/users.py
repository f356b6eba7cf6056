"""The accounts of a back-end."""

import copy
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from threading import RLock
from typing import Any

from pydantic import ValidationError

from mock_backend.auth.accounts.authorization_header import BASIC_TOKEN, read_basic
from mock_backend.auth.accounts.basic_tokens import BasicTokens
from mock_backend.auth.accounts.user import User, account_fault, check_account_members
from mock_backend.cache import forget_oldest
from mock_backend.clock import Clock
from mock_backend.durations import Duration, to_timedelta
from mock_backend.errors import CredentialsInvalid
from mock_backend.errors.suggestions import did_you_mean

#: Characters that no name of an account may hold.
_NO_NAME = re.compile(r"[^\w\-.~]", re.ASCII)

#: Maximum number of used tokens to remember: they have several forms.
_MOST_TOKENS = 1000

DEFAULT_ACCOUNTS = {"alice": "secret"}

#: A password, or more: ``{"password": "secret", "budget": 5}``.
Account = str | Mapping[str, Any]


def is_account_name(name: object) -> bool:
    """Tell whether an account can have a name."""
    return isinstance(name, str) and name != "" and not _NO_NAME.search(name)


def account_name_like(text: str) -> str:
    """Return a text with dashes in the place of what no name of an account may hold."""
    return _NO_NAME.sub("-", text)


class UnknownAccount(KeyError, ValueError):
    """There is no account of this name."""

    def __str__(self) -> str:
        # A KeyError's own text would be the message's repr.
        return str(self.args[0])


class Users(Mapping[str, User]):
    """Know the accounts by name, and check credentials.

    Accounts are live: ``users["alice"].budget = 5`` counts from the next request on.

    Args:
        accounts: Passwords by user name, or mappings of what is known of the user, e.g.
            ``{"password": "secret", "budget": 5}``; ``alice`` with the password ``secret`` by default.
        secret: Decides the tokens: the same secret, realm and user give the same ones.
        realm: The place where the tokens are good, e.g. the back-end's URL; others must not take them.
        clock: The clock; one of its own by default.

    Raises:
        ValueError: If a name, a password or something else about an account cannot be.
    """

    def __init__(
        self,
        accounts: Mapping[str, Account] | None = None,
        *,
        secret: str = "",
        realm: str = "",
        clock: Clock | None = None,
    ) -> None:
        if accounts is not None and not isinstance(accounts, Mapping):
            kind = type(accounts).__name__
            raise TypeError(f"users must map names to passwords, e.g. {{'alice': 'secret'}}, got {kind}.")
        #: Decides the tokens, until there are some.
        self.secret = secret
        self._realm = realm
        self._clock = clock
        self._lock = RLock()
        self._passwords: dict[str, str | None] = {}
        #: Accounts used so far; a back-end is made for every test, and its users cost most.
        self._made: dict[str, User] = {}
        #: Owners of undated tokens, as far as they have been used, while tokens have no lifetime.
        self._known_tokens: dict[str, User] = {}
        given = DEFAULT_ACCOUNTS if accounts is None else accounts
        self._first = {name: _password_and_facts(name, account) for name, account in given.items()}
        self._put_first()

    # -- accounts ---------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._passwords))

    def __len__(self) -> int:
        return len(self._passwords)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._passwords

    def __getitem__(self, user_id: str) -> User:
        if (user := self._made.get(user_id)) is not None:
            return user
        with self._lock:
            self._check_known(user_id)
            return self._made.setdefault(user_id, User(user_id=user_id, name=user_id))

    def __repr__(self) -> str:
        return f"<Users {', '.join(self._passwords)}>" if self else "<Users: none>"

    @property
    def passwords(self) -> dict[str, str | None]:
        """The passwords by name, for whoever shows people how to log in."""
        return dict(self._passwords)

    @property
    def default(self) -> str:
        """The name of the account that ``connect()`` logs in: the first one that has a password."""
        for name, password in list(self._passwords.items()):
            if password is not None:
                return name
        raise ValueError(
            "This back-end has no accounts with a password; give it some with users={'alice': 'secret'}."
        )

    def add(self, name: str, /, password: str | None = None, **facts: Any) -> User:
        """Add an account, until the back-end is reset.

        Args:
            name: The user name, and the API's ``user_id``.
            password: None for an account that cannot log in with one.
            **facts: Attributes of ``User``, e.g. ``budget`` and ``roles``; others are allowed, and shown
                in ``/me``.

        Raises:
            ValueError: If there is one of this name or subject, or if something about it cannot be.
        """
        with self._lock:
            if name in self._passwords:
                raise ValueError(f"There is an account {name!r} already; change that, or remove it first.")
            self._put(name, password, facts)
            return self[name]

    def ensure(self, name: str) -> User:
        """Return the account of a name; if there is none, add one without a password."""
        with self._lock:
            return self[name] if name in self._passwords else self.add(name)

    def remove(self, name: str) -> None:
        """Remove an account. Its tokens become invalid, also for a later account of the name; its jobs stay.

        Raises:
            UnknownAccount: If there is none. It is a ``ValueError``, and a ``KeyError``.
        """
        with self._lock:
            self._end_tokens(name, "ended with its account")
            del self._passwords[name]
            self._made.pop(name, None)

    def by_subject(self, subject: str) -> User | None:
        """Return the account with a subject of an OpenID Connect provider; None if there is none.

        Raises:
            ValueError: If there are several.
        """
        with self._lock:
            names = self._names_of(subject)
            if len(names) > 1:
                several = " and ".join(map(repr, names))
                raise ValueError(f"The subject {subject!r} is that of several accounts: {several}.")
            return self[names[0]] if names else None

    def reset(self) -> None:
        """Go back to the accounts of construction, as they were; no token has a lifetime or is revoked."""
        with self._lock:
            self._passwords, self._made, self._known_tokens = {}, {}, {}
            self.__dict__.pop("_tokens", None)
            self._put_first()

    # -- credentials ------------------------------------------------------------------------------

    def authenticate(self, name: str, password: str) -> User | None:
        """Return the account that name and password belong to; None if they belong to none."""
        with self._lock:
            expected = self._passwords.get(name)
            if expected is None or not hmac.compare_digest(_bytes(expected), _bytes(password)):
                return None
            return self[name]

    def log_in(self, authorization: str | None, *, jwt_base: str | None = None) -> str:
        """Check an HTTP Basic ``Authorization`` header and return an access token, without prefix.

        Args:
            authorization: The header.
            jwt_base: The URL of the API, for a JSON Web Token that names it as its issuer.

        Raises:
            AuthenticationRequired: Without a header.
            AuthenticationSchemeInvalid: With another scheme.
            CredentialsInvalid: If name and password do not match an account.
        """
        name, password = read_basic(authorization)
        with self._lock:
            if self.authenticate(name, password) is None:
                raise CredentialsInvalid
            if jwt_base is not None:
                return self._tokens.issue_jwt(name, jwt_base)
            return self.issue(name).removeprefix(BASIC_TOKEN)

    # -- tokens -----------------------------------------------------------------------------------

    @property
    def token_ttl(self) -> timedelta | None:
        """Lifetime of basic tokens; None for ever.

        What counts is the lifetime that is set when a token is used. Tokens that were handed out while
        there was none count as handed out when it was set.
        """
        with self._lock:
            return self._tokens.lifetime

    @token_ttl.setter
    def token_ttl(self, value: Duration | None) -> None:
        lifetime = None if value is None else to_timedelta(value)
        with self._lock:
            self._known_tokens = {}
            self._tokens.lifetime = lifetime

    def issue(self, user_id: str) -> str:
        """Return a bearer token (``basic//…``) of an account, with a password or without.

        Raises:
            UnknownAccount: If there is none. It is a ``ValueError``, and a ``KeyError``.
        """
        with self._lock:
            self._check_known(user_id)
            return self._tokens.issue(user_id)

    def by_token(self, token: str) -> User:
        """Return the account of a basic token, which includes the prefix ``basic//``.

        Raises:
            TokenInvalid: If the token is not one of this back-end's, or not any more.
        """
        if (user := self._known_tokens.get(token)) is not None:
            return user
        with self._lock:
            user = self[self._tokens.read(token, self._passwords)]
            if self._tokens.lifetime is None:
                self._known_tokens[token] = user
                forget_oldest(self._known_tokens, _MOST_TOKENS)
            return user

    def revoke(self, name: str) -> None:
        """Make all basic tokens invalid that an account has been given; the next log-in gives one that works.

        Raises:
            UnknownAccount: If there is none. It is a ``ValueError``, and a ``KeyError``.
        """
        with self._lock:
            self._end_tokens(name, "was revoked")

    def expire_tokens(self, name: str | None = None) -> None:
        """Let all basic tokens expire that an account, or any account, has been given.

        Raises:
            UnknownAccount: If there is none. It is a ``ValueError``, and a ``KeyError``.
        """
        with self._lock:
            for each in self if name is None else (name,):
                self._end_tokens(each, "expired")

    # -- inside -----------------------------------------------------------------------------------

    @cached_property
    def _tokens(self) -> BasicTokens:
        return BasicTokens(f"{self.secret}/{self._realm}".encode(), self._now)

    def _now(self) -> datetime:
        if self._clock is None:
            self._clock = Clock()
        return self._clock.outside()

    def _end_tokens(self, name: str, how: str) -> None:
        self._check_known(name)
        # A new dict, not a cleared one: another thread may be about to use the old one.
        self._known_tokens = {}
        self._tokens.end(name, how)

    def _check_known(self, name: str) -> None:
        if name not in self._passwords:
            raise UnknownAccount(f"Unknown account {name!r}.{did_you_mean(name, self._passwords)}")

    def _put_first(self) -> None:
        for name, (password, facts) in self._first.items():
            self._put(name, password, copy.deepcopy(facts) if facts else facts)

    def _put(self, name: str, password: str | None, facts: Mapping[str, Any]) -> None:
        if not is_account_name(name):
            raise ValueError(
                f"A user name must have letters of ASCII, digits and . _ ~ - only, got {name!r}."
            )
        if password is not None and not isinstance(password, str):
            raise ValueError(f"The password of {name!r} must be a str, not {type(password).__name__}.")
        user = _user(name, facts) if facts else None
        subject = name if user is None or user.subject is None else user.subject
        if taken := self._names_of(subject):
            raise ValueError(f"The subject of {name!r} is {subject!r}, but so is that of {taken[0]!r}.")
        if user is not None:
            self._made[name] = user
        self._passwords[name] = password

    def _names_of(self, subject: str) -> list[str]:
        """Return the names of the accounts with a subject."""
        # That of accounts not used so far is their name.
        waiting = [subject] if subject in self._passwords and subject not in self._made else []
        return waiting + [name for name, user in self._made.items() if user.subject == subject]


def _password_and_facts(name: str, account: Account) -> tuple[str | None, dict[str, Any]]:
    if not isinstance(account, Mapping):
        if not isinstance(account, str):
            raise ValueError(
                f"The password of {name!r} must be a str, not {type(account).__name__}; "
                "an account without one is given as {'password': None}."
            )
        return account, {}
    # What is nested in it is not ours to change, nor may others change it under us.
    facts = copy.deepcopy(dict(account))
    return facts.pop("password", None), facts


def _user(name: str, facts: Mapping[str, Any]) -> User:
    check_account_members(facts)
    try:
        return User(**{"name": name, **facts, "user_id": name})
    except ValidationError as error:
        raise ValueError(account_fault(name, error)) from None


def _bytes(password: str) -> bytes:
    # Half a surrogate pair is no good password, but none to fail at either.
    return password.encode("utf-8", "surrogatepass")
