"""Accounts, tokens and OpenID Connect providers."""

from mock_backend.auth.accounts import Authenticator, User, Users

__all__ = ["Authenticator", "User", "Users"]
