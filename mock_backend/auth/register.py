"""Log-in and account endpoints."""

from typing import Any

from fastapi import Depends, Header

from mock_backend.auth.authenticator import Authenticator
from mock_backend.auth.users import User, Users
from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister

_ENDPOINTS = (
    Endpoint(path="/credentials/basic", methods=("GET",), handler="log_in"),
    Endpoint(path="/me", methods=("GET",), handler="me"),
)


class AccountRegister(EndpointRegister):
    """Serve ``/credentials/basic`` and ``/me``."""

    users: Users | None = None

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def log_in(self, authorization: str | None = Header(None)) -> dict[str, str]:
        """Exchange user name and password for an access token."""
        if self.users is None:
            self.users = Users(seed=self.settings.seed)
        return {"access_token": self.users.log_in(authorization)}

    def me(self, user: User = Depends(Authenticator.validate)) -> dict[str, Any]:
        """Describe the user of the token."""
        return user.model_dump(mode="json", exclude_none=True)
