"""Routes of an issuer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import Response

from mock_backend.auth.oidc import endpoints
from mock_backend.auth.oidc.flows.authorization_code import Authorization
from mock_backend.auth.oidc.provider_request import ProviderRequest

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer

Answer = Callable[["Issuer", ProviderRequest], Response]


def _page(method: Callable[[Authorization, ProviderRequest], Response]) -> Answer:
    """Return what answers with a page for people."""
    return lambda issuer, asked: method(issuer.authorization, asked)


#: By path below the issuer, and method.
ROUTES: dict[str, dict[str, Answer]] = {
    "/.well-known/openid-configuration": {"GET": endpoints.configuration},
    "/jwks": {"GET": endpoints.keys},
    "/authorize": {"GET": _page(Authorization.authorize), "POST": _page(Authorization.authorize)},
    "/consent": {"POST": _page(Authorization.consent)},
    "/device_authorization": {"POST": endpoints.device_authorization},
    "/device": {"GET": _page(Authorization.device), "POST": _page(Authorization.device)},
    "/token": {"POST": endpoints.token},
    "/userinfo": {"GET": endpoints.userinfo, "POST": endpoints.userinfo},
    "/revoke": {"POST": endpoints.revoke},
    "/introspect": {"POST": endpoints.introspect},
    "/logout": {"GET": _page(Authorization.logout), "POST": _page(Authorization.logout)},
}

#: Method and path of everything that is served.
OPERATIONS = frozenset((method, path) for path, methods in ROUTES.items() for method in methods)
