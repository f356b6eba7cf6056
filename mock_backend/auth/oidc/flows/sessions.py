"""Sessions of users in browsers, told by a cookie."""

import secrets
from collections.abc import Collection
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import Response

from mock_backend.auth.accounts import User
from mock_backend.auth.oidc.provider_request import ProviderRequest
from mock_backend.cache import forget_oldest
from mock_backend.dataclass import dataclass

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer

#: The cookie that tells which session a browser is in.
COOKIE = "mock_backend_session"

#: Maximum number of sessions to remember.
_MOST = 1000


@dataclass(frozen=True)
class Session:
    """Browser in which a user is logged in."""

    user: User
    at: datetime
    #: The name of the session in tokens, by which clients may know it
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    #: The secret of the browser
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)


class Sessions:
    """The sessions of an issuer."""

    def __init__(self, issuer: "Issuer") -> None:
        self._issuer = issuer
        self._by_cookie: dict[str, Session] = {}

    def open(self, user: User) -> Session:
        """Log a user in."""
        session = Session(user, self._issuer.now())
        self.keep(session)
        return session

    def keep(self, session: Session) -> None:
        """Remember a session."""
        self._by_cookie[session.cookie] = session
        forget_oldest(self._by_cookie, _MOST)

    def of(self, request: ProviderRequest) -> Session | None:
        """Return the session of a browser; None if its user is not logged in, or has no account any more."""
        found = [self._by_cookie[each] for each in request.cookies(COOKIE) if each in self._by_cookie]
        return next((session for session in found if self._issuer.is_known(session.user)), None)

    def end(self, ids: Collection[str]) -> None:
        """Forget sessions, and revoke what has been given out in them."""
        with self._issuer.lock:
            for token in self._issuer.book.tokens():
                if token.login.session in ids:
                    token.login.is_revoked = True
        self._by_cookie = {key: each for key, each in self._by_cookie.items() if each.id not in ids}

    def forget(self, user: User | None) -> None:
        """Log a user out of all browsers; None for all users."""
        self._by_cookie = {
            key: each for key, each in self._by_cookie.items() if user is not None and each.user is not user
        }

    def send(self, session: Session, response: Response, request: ProviderRequest) -> Response:
        """Remember a session, and let an answer bring its cookie to the browser."""
        self.keep(session)
        response.set_cookie(
            COOKIE,
            session.cookie,
            path=cookie_path(request.issuer),
            secure=request.issuer.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return response


def cookie_path(issuer: str) -> str:
    """Return the path that the cookies of an issuer are for."""
    return urlsplit(issuer).path or "/"
