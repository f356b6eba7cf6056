"""``Provider``: an OpenID Connect provider that lives on the back-end's clock."""

from collections.abc import Iterable
from types import EllipsisType
from typing import Any

from mock_backend.auth.oidc.endpoints import OPERATIONS
from mock_backend.auth.oidc.flows.device import DeviceScript
from mock_backend.auth.oidc.issuer import Issuer
from mock_backend.auth.oidc.tokens import SCOPES, Login
from mock_backend.control import FaultOrder
from mock_backend.control.faults import FaultKind
from mock_backend.errors.suggestions import did_you_mean


class Provider(Issuer):
    """An OpenID Connect provider.

    Args:
        known: Its id in ``GET /credentials/oidc`` and in bearer tokens, its title, its default client.
        providers: The providers of its back-end, whose ids must differ.
        description: Instructions for logging in there.
        place: Its place among the providers of its back-end.
        url: The issuer's URL in this process; by default one of production, or one on the host of issuers.
    """

    def inject(
        self, fault: FaultKind, route: str, times: int | EllipsisType | None = ..., **conditions: Any
    ) -> FaultOrder:
        """Let requests to this provider run into a fault; earlier orders come first.

        Args:
            fault: The fault; the ``code`` of a ``Fault`` is what OAuth calls ``error``.
            route: A method and a path, e.g. ``"POST /token"``; ``*`` for any.
            times: The number of requests; None means until it is removed. By default as its kind does: once
                for a ``Fault``.
            **conditions: ``after``, ``nth``, ``every``, ``probability``, ``since`` and ``until``, as
                ``MockBackend.inject`` takes them.

        Returns:
            A handle with ``hits``, ``remaining`` and ``remove()``; also a context manager.

        Raises:
            ValueError: If there is no such endpoint.
        """
        return self.order(FaultOrder(fault, route, times, **conditions))

    def order(self, order: FaultOrder) -> FaultOrder:
        """Enter the order of a fault, e.g. one read by ``FaultOrder.from_dict``.

        Raises:
            ValueError: If no request could ever run into it.
        """
        return self.faults.add(order, operations=OPERATIONS)

    def script_device(self, *steps: str, user: str | None = None, times: int | None = None) -> DeviceScript:
        """Decide how log-ins by device code go from now on; later scripts win over earlier ones.

        Args:
            *steps: The answers to the device's polls, one by one: ``pending``, ``slow_down``,
                ``denied``, ``expired``, ``confirmed``. After the last one it stays pending.
            user: The user who confirms; the default user by default.
            times: The number of devices it is for; None means until it is removed.

        Returns:
            A handle with ``hits``, ``remaining`` and ``remove()``; also a context manager.

        Raises:
            ValueError: If there is no such step, or no such account.
        """
        if user is not None:
            self.account(user)
        return self.devices.order(DeviceScript(steps, user, times))

    def browse(self, url: str, user: str | None = None, *, decision: str = "allow") -> str:
        """Play the person in front of the browser: open a page of this provider, and click.

        Give it to whatever opens a browser, e.g. ``webbrowser_open=backend.oidc.browse``. The redirect
        is followed to loopback addresses, where clients listen for it, and to no others.

        Args:
            url: The page, e.g. of the authorization endpoint.
            user: The user who is logged in there; the default user by default.
            decision: ``allow`` or ``deny``.

        Returns:
            Where the person is sent in the end.

        Raises:
            ValueError: If there is no such account, or nothing to click.
        """
        from mock_backend.auth.oidc.flows.browser import click_through

        session = self.authorization.sessions.open(self.account(user)).cookie
        return click_through(url, session, decision)

    def expire_tokens(self, user: str | None = None) -> None:
        """Let all access tokens given out so far be expired; refresh tokens stay good.

        Args:
            user: Only this user's; all by default.
        """
        whose = None if user is None else self.account(user)
        with self.lock:
            for token in self.book.tokens():
                if token.kind == "access_token" and whose in (None, token.login.user):
                    token.expires = self._clock.outside()

    def revoke(self, user: str | None = None) -> None:
        """Let all tokens given out so far be invalid, and end all sessions in browsers.

        Args:
            user: Only this user's; all by default.
        """
        whose = None if user is None else self.account(user)
        with self.lock:
            for login in [token.login for token in self.book.tokens()] + self.authorization.logins():
                if whose in (None, login.user):
                    login.is_revoked = True
            self.authorization.sessions.forget(whose)

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on.

        Args:
            keep_old: True to keep publishing the old keys; otherwise their signatures become invalid.
        """
        self.keys.rotate(keep_old=keep_old)

    def tokens(
        self, user: str | None = None, *, client_id: str | None = None, scope: Iterable[str] = SCOPES
    ) -> dict[str, Any]:
        """Return tokens as the token endpoint would, without any request.

        Args:
            user: Whose; the default user's by default.
            client_id: Through which client; the one that is listed by default.

        Returns:
            ``access_token``, ``token_type``, ``expires_in``, ``scope``, and according to the scope
            ``id_token`` and ``refresh_token``.

        Raises:
            ValueError: If there is no such account, client or scope.
        """
        asked_for = scope.split() if isinstance(scope, str) else list(scope)
        for each in asked_for:
            if each not in SCOPES:
                raise ValueError(
                    f"Unknown scope {each!r}. Available: {', '.join(SCOPES)}."
                    f"{did_you_mean(str(each), SCOPES)}"
                )
        client_id = self.known.client if client_id is None else client_id
        client = self.clients.get(client_id)
        if client is None:
            raise ValueError(
                f"Unknown client {client_id!r}. Available: {', '.join(self.clients)}."
                f"{did_you_mean(client_id, self.clients)}"
            )
        granted = tuple(each for each in SCOPES if each in asked_for)
        with self.lock:
            return self.give(None, Login(client, self.account(user), granted, self.now(), self.url))

    def __repr__(self) -> str:
        return f"<Provider {self.id!r} at {self.url}: {len(self.clients)} clients, {len(self.grants)} grants>"
