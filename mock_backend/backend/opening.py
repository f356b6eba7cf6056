"""Opening and closing of a back-end: how long it can be reached, and where."""

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from starlette.types import ASGIApp

from mock_backend import transports
from mock_backend.api.urls import is_loopback
from mock_backend.engine.given_data.url_contents import UrlContents
from mock_backend.settings import AppSettings
from mock_backend.stores import JobStore
from mock_backend.stores.time_keeper import TimeKeeper
from mock_backend.transports import hosts
from mock_backend.transports.content_host import ContentHost

if TYPE_CHECKING:
    from mock_backend.backend.backend import MockBackend
    from mock_backend.transports.live import LiveServer


class Opening:
    """The part of a back-end that makes it reachable."""

    settings: AppSettings
    contents: UrlContents
    time_keeper: TimeKeeper | None
    _store: JobStore
    _owns_store: bool
    _content_host: ContentHost

    _is_open = _is_closed = _is_entered = False
    _live: "LiveServer | None" = None
    #: Closed to end what serves the back-end on a socket; None if nothing does.
    _served: ExitStack | None = None

    @property
    def url(self) -> str:
        """The API's URL, without a trailing slash."""
        return self.settings.url

    @property
    def _itself(self) -> "MockBackend":
        return cast("MockBackend", self)

    def open(self) -> Self:
        """Make the back-end reachable; does nothing if it is.

        Raises:
            ValueError: If another open back-end has the same host.
            RuntimeError: If it has been closed; or if a library has moved something we rely on, with
                its name and version.
        """
        self._check_usable()
        if not self._is_open:
            try:
                transports.attach(self._itself)
                hosts.show(self._content_host, self.contents.hosts)
            except BaseException:
                # No caller closes what has never been open: the store's file must come free.
                self.close()
                raise
            self._is_open = True
        return self

    def close(self) -> None:
        """Make the back-end unreachable and close its store; does nothing the second time."""
        if self._served is not None:
            self._served.close()
            self._served = self._live = None
        if self._is_open:
            self._is_open = False
            hosts.show(self._content_host, ())
            transports.detach(self._itself)
        if not self._is_closed:
            self._is_closed = True
            try:
                if self.time_keeper is not None:
                    self.time_keeper.end()
            finally:
                # Only what was opened here. A memory stays readable: tests look at jobs after the block.
                if self._owns_store:
                    self._store.close()

    def __enter__(self) -> Self:
        if self._is_entered:
            raise RuntimeError(
                f"The back-end at {self.url} is in use by a `with` block already; the inner one would "
                "close it for the outer one, too."
            )
        self._is_entered = True
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def live_server(self) -> "LiveServer | None":
        """Server on a socket; None if there is none."""
        return self._live

    @property
    def is_open(self) -> bool:
        """True if it is reachable."""
        return self._is_open

    def live(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        asset_port: int = 0,
        front: Callable[[ASGIApp], ASGIApp] | None = None,
    ) -> "LiveServer":
        """Serve this back-end on a real socket as well, until it is closed.

        Args:
            host: The address to listen on.
            port: The port; 0 takes a free one.
            asset_port: The port of assets if they have a host of their own; 0 takes a free one.
            front: Returns the application to serve from the one that answers, e.g. middleware around it.

        Returns:
            The server; its ``url`` is the root URL. Calling again returns the same one.
        """
        from mock_backend.transports.live import LiveServer, without_proxy

        if self._live is None:
            if self.settings.secret is None and not is_loopback(host):
                warnings.warn(
                    f"Others can reach {host}, and compute the tokens of this back-end, which follow from "
                    "its seed: give it a secret, e.g. MockBackend(secret='random').",
                    stacklevel=2,
                )
            self.open()
            with ExitStack() as served:
                served.enter_context(without_proxy(host))
                self._live = served.enter_context(
                    LiveServer(self._itself, host=host, port=port, asset_port=asset_port, front=front)
                )
                self._served = served.pop_all()
        return self._live

    def _show_contents(self) -> None:
        """Let clients find what is registered for URLs, as long as the back-end is open."""
        if self._is_open:
            hosts.show(self._content_host, self.contents.hosts)

    def _check_usable(self) -> None:
        if self._is_closed:
            raise RuntimeError(f"The back-end at {self.url} has been closed for good; make another one.")

    def _check_open(self) -> None:
        self._check_usable()
        if not self._is_open:
            raise RuntimeError("Open the back-end first: `with MockBackend() as backend:`.")
