"""Issuers elsewhere whose tokens a back-end takes, as the back-ends of a federation do."""

from functools import cached_property
from typing import Any

import requests

from mock_backend.auth.accounts import User, Users
from mock_backend.auth.accounts.users import account_name_like
from mock_backend.auth.oidc.tokens import EMAIL, OPENID, PROFILE
from mock_backend.auth.oidc.tokens.token_check import refuse
from mock_backend.errors import Internal

_TIMEOUT = 10
_REFUSALS = (401, 403)


class TrustedIssuer:
    """An issuer that is asked whose a token is.

    Args:
        id: The id that the back-end gives it.
    """

    def __init__(self, id: str, url: str, users: Users) -> None:  # noqa: A002  # the API's word
        self.id = id
        self.url = url
        self._users = users

    def listed(self) -> dict[str, Any]:
        """Return it as ``GET /credentials/oidc`` lists it."""
        return {
            "id": self.id,
            "issuer": self.url,
            "title": self.id,
            "scopes": [OPENID, PROFILE, EMAIL],
        }

    def user_of(self, token: str) -> User:
        """Return the account of an access token: the one of its subject, which is added if there is none.

        Raises:
            TokenInvalid: If the issuer does not know the token.
            Internal: If the issuer cannot be asked.
        """
        facts = self._get(self._userinfo, Authorization=f"Bearer {token}")
        if facts is None:
            raise refuse(f"is not known to the issuer {self.url}.")
        subject = str(facts["sub"])
        return self._users.by_subject(subject) or self._users.ensure(account_name_like(subject))

    @cached_property
    def _userinfo(self) -> str:
        facts = self._get(f"{self.url}/.well-known/openid-configuration") or {}
        return str(facts["userinfo_endpoint"])

    def _get(self, url: str, **headers: str) -> dict[str, Any] | None:
        """Return the JSON object at a URL; None if it is refused."""
        try:
            answer = requests.get(url, headers=headers, timeout=_TIMEOUT)
            if answer.status_code in _REFUSALS:
                return None
            answer.raise_for_status()
            facts: dict[str, Any] = answer.json()
        except requests.RequestException as error:
            raise Internal(message=f"the issuer {self.url} cannot be asked: {error}") from error
        return facts
