"""Routes of an issuer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import Response

from mock_backend.auth.oidc import endpoints
from mock_backend.auth.oidc.provider_request import ProviderRequest

if TYPE_CHECKING:
    from mock_backend.auth.oidc.provider import Provider

Answer = Callable[["Provider", ProviderRequest], Response]


def _authorize(provider: "Provider", asked: ProviderRequest) -> Response:
    return provider.authorization.authorize(asked)


def _consent(provider: "Provider", asked: ProviderRequest) -> Response:
    return provider.authorization.consent(asked)


def _device(provider: "Provider", asked: ProviderRequest) -> Response:
    return provider.authorization.device(asked)


def _logout(provider: "Provider", asked: ProviderRequest) -> Response:
    return provider.authorization.logout(asked)


#: By path below the issuer, and method.
ROUTES: dict[str, dict[str, Answer]] = {
    "/.well-known/openid-configuration": {"GET": endpoints.configuration},
    "/jwks": {"GET": endpoints.keys},
    "/authorize": {"GET": _authorize, "POST": _authorize},
    "/consent": {"POST": _consent},
    "/device_authorization": {"POST": endpoints.device_authorization},
    "/device": {"GET": _device, "POST": _device},
    "/token": {"POST": endpoints.token},
    "/userinfo": {"GET": endpoints.userinfo, "POST": endpoints.userinfo},
    "/revoke": {"POST": endpoints.revoke},
    "/introspect": {"POST": endpoints.introspect},
    "/logout": {"GET": _logout, "POST": _logout},
}

#: Method and path of everything that is served.
OPERATIONS = frozenset((method, path) for path, methods in ROUTES.items() for method in methods)
