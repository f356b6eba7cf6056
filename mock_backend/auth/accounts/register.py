"""Log-in and account endpoints."""

from typing import Any, Protocol

from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import Depends, Header
from mock_backend.api.register import EndpointRegister, Part, optional
from mock_backend.api.urls import current_base, current_version
from mock_backend.auth.accounts.authenticator import Authenticator
from mock_backend.auth.accounts.user import User
from mock_backend.auth.accounts.users import Users

#: Members for the back-end and its providers only.
_HIDDEN = {"storage_quota", "subject", "entitlements", "password"}


class Storage(Protocol):
    """Source of the storage used by users."""

    def storage_of(self, user: User) -> dict[str, int] | None:
        """Return the user's ``quota`` and what is ``free`` of it, in bytes; None without a limit."""


class Charges(Protocol):
    """Charges of users for their jobs."""

    def charged(self, user_id: str) -> float:
        """Return what the user has spent until now."""


class AccountRegister(EndpointRegister):
    """Serve ``/credentials/basic`` and ``/me``."""

    users = Part(Users)
    #: The file workspace.
    files = optional(Storage)
    #: Source of the charges of users.
    charges = optional(Charges)

    served = (
        Endpoint(path="/credentials/basic", methods=("GET",), handler="log_in"),
        Endpoint(path="/me", methods=("GET",), handler="me"),
    )

    def log_in(self, authorization: str | None = Header(None)) -> dict[str, str]:
        """Exchange user name and password for an access token."""
        is_jwt = current_version(self.settings.api_version).plain_tokens
        base = current_base(self.settings.url) if is_jwt else None
        return {"access_token": self.users.log_in(authorization, jwt_base=base)}

    def me(self, user: User = Depends(Authenticator.validate)) -> dict[str, Any]:
        """Describe the user of the token; what has no limit is left out."""
        about: dict[str, Any] = {"default_plan": self.settings.billing_plans[0], "links": []}
        if self.files is not None and (storage := self.files.storage_of(user)) is not None:
            about["storage"] = storage
        hidden = _HIDDEN if user.roles else _HIDDEN | {"roles"}
        about |= user.model_dump(mode="json", exclude_none=True, exclude=hidden)
        if user.budget is not None and self.charges is not None:
            about["budget"] = max(round(user.budget - self.charges.charged(user.user_id), 2), 0)
        return about
