"""Authentication: from the ``Authorization`` header of a request to the account."""

from typing import Protocol

from starlette.requests import Request

from mock_backend.api.urls import current_version
from mock_backend.auth.accounts.authorization_header import BASIC_TOKEN, malformed, read_bearer
from mock_backend.auth.accounts.basic_tokens import is_basic_jwt
from mock_backend.auth.accounts.user import User
from mock_backend.auth.accounts.users import Users
from mock_backend.errors import TokenInvalid
from mock_backend.settings import AppSettings

_SCHEME = "Bearer "
_USUAL = _SCHEME + BASIC_TOKEN


class TokenProviders(Protocol):
    """The OpenID Connect providers of a back-end, as far as they know whose a token is."""

    def user_of(self, provider_id: str | None, token: str, /) -> User:
        """Return the account of an access token, which names its provider if the client does not."""


class Authenticating(Protocol):
    """Parts of a back-end that authenticate requests."""

    settings: AppSettings
    users: Users

    @property
    def oidc_providers(self) -> TokenProviders:
        """The OpenID Connect providers; made when first asked for."""


def user_of(backend: Authenticating, authorization: str | None) -> User:
    """Return the account that an ``Authorization`` header belongs to.

    Raises:
        AuthenticationRequired: Without a header.
        AuthenticationSchemeInvalid: With another scheme than Bearer.
        TokenInvalid: If the token is not one of this back-end's.
        PermissionsInsufficient: If a provider's token does not allow to use this back-end.
    """
    try:
        if authorization is not None and authorization.startswith(_USUAL):
            # Nearly every request, so it does without looking closer.
            return backend.users.by_token(authorization[len(_SCHEME) :].rstrip())
        method, provider, token = read_bearer(authorization)
        if method == "plain" and not current_version(backend.settings.api_version).plain_tokens:
            raise malformed()
        if method == "basic" or (method == "plain" and is_basic_jwt(token)):
            return backend.users.by_token(BASIC_TOKEN + token)
        return backend.oidc_providers.user_of(provider, token)
    except TokenInvalid as error:
        error.status_code = backend.settings.profile.dialect.invalid_token_status
        raise


class Authenticator:
    """Authenticate requests; ``Depends(Authenticator.validate)`` asks for a user."""

    @staticmethod
    async def validate(request: Request) -> User:
        """Return the user a request is made by.

        Raises:
            AuthenticationRequired: Without credentials.
            TokenInvalid: If the token is not one of this back-end's.
        """
        user: User | None = request.scope.get("mock_backend.user")
        if user is None:
            user = user_of(request.scope["mock_backend"], request.headers.get("authorization"))
            request.scope["mock_backend.user"] = user
        return user

    @staticmethod
    async def validate_if_given(request: Request) -> User | None:
        """Return the user a request is made by; None if it carries no credentials.

        Raises:
            TokenInvalid: If the token is not one of this back-end's.
        """
        if request.headers.get("authorization") is None:
            return None
        return await Authenticator.validate(request)
