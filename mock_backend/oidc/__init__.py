"""An OpenID Connect provider on the back-end's clock."""

from mock_backend.oidc.clients import Client
from mock_backend.oidc.device import DeviceScript
from mock_backend.oidc.grants import Grant, Grants
from mock_backend.oidc.provider import Provider
from mock_backend.oidc.providers import ISSUERS, Providers
from mock_backend.oidc.register import OidcRegister

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
