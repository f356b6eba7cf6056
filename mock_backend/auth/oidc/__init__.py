"""An OpenID Connect provider on the back-end's clock, imported by the first log-in with it."""

from typing import TYPE_CHECKING, Any

from mock_backend.auth.oidc.providers import ISSUERS, OidcRegister, Providers
from mock_backend.late_imports import LateImports, by_module

if TYPE_CHECKING:
    from mock_backend.auth.oidc.clients import Client
    from mock_backend.auth.oidc.flows.device import DeviceScript
    from mock_backend.auth.oidc.provider import Provider
    from mock_backend.auth.oidc.tokens.grants import Grant, Grants

__all__ = [
    "ISSUERS",
    "Client",
    "DeviceScript",
    "Grant",
    "Grants",
    "OidcRegister",
    "Provider",
    "Providers",
]

__getattr__ = LateImports[Any](
    __name__,
    by_module(
        {
            "clients": "Client",
            "flows.device": "DeviceScript",
            "provider": "Provider",
            "tokens.grants": "Grant Grants",
        }
    ),
).attribute
