"""An OpenID Connect provider on the back-end's clock."""

from mock_backend.auth.oidc.clients import Client
from mock_backend.auth.oidc.flows.device import DeviceScript
from mock_backend.auth.oidc.provider import Provider
from mock_backend.auth.oidc.providers import ISSUERS, Providers
from mock_backend.auth.oidc.register import OidcRegister
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
