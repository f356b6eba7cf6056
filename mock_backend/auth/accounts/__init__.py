"""Accounts, tokens and who may do what."""

from mock_backend.auth.accounts.authenticator import Authenticator, user_of
from mock_backend.auth.accounts.authorization_header import BASIC_TOKEN
from mock_backend.auth.accounts.register import AccountRegister
from mock_backend.auth.accounts.user import User
from mock_backend.auth.accounts.users import Account, Users

__all__ = [
    "BASIC_TOKEN",
    "Account",
    "AccountRegister",
    "Authenticator",
    "User",
    "Users",
    "user_of",
]
