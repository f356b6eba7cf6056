"""Accounts, tokens and who may do what."""

from mock_backend.auth.authenticator import Authenticator
from mock_backend.auth.register import AccountRegister
from mock_backend.auth.users import BASIC_TOKEN, User, Users

__all__ = ["BASIC_TOKEN", "AccountRegister", "Authenticator", "User", "Users"]
