"""Accounts, tokens and who may do what."""

from mock_backend.auth.authenticator import Authenticator
from mock_backend.auth.register import AccountRegister
from mock_backend.auth.users import User, Users

__all__ = ["AccountRegister", "Authenticator", "User", "Users"]
