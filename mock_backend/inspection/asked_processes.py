"""Process graphs that clients have sent for synchronous processing and validation."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, overload

from mock_backend.control.journal import Exchange, Journal
from mock_backend.inspection import selection
from mock_backend.inspection.graphs import ProcessGraph


class AskedProcess:
    """A request with a process graph.

    Args:
        exchange: The exchange.
    """

    def __init__(self, exchange: Exchange) -> None:
        #: The exchange with the client.
        self.exchange = exchange

    @property
    def body(self) -> dict[str, Any]:
        """The body of the request; empty if it is not kept, or no object."""
        body = self.exchange.json
        return body if isinstance(body, dict) else {}

    @property
    def process_graph(self) -> ProcessGraph:
        """The process graph; empty if the request has none."""
        process = self.body.get("process", self.body)
        graph = process.get("process_graph") if isinstance(process, dict) else None
        return ProcessGraph(graph if isinstance(graph, dict) else {})

    @property
    def title(self) -> str | None:
        """The title, if the request has one."""
        return self.body.get("title")

    @property
    def user_id(self) -> str | None:
        """The user; None without a valid log-in."""
        return self.exchange.user_id

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer."""
        return self.exchange.status

    @property
    def at(self) -> datetime:
        """The instant of the request."""
        return self.exchange.at

    def nodes(self, process_id: str | None = None) -> list[Any]:
        """Return the nodes of the process graph, of nested graphs too.

        Args:
            process_id: Only calls of this process.
        """
        return self.process_graph.nodes(process_id)

    def __repr__(self) -> str:
        processes = ", ".join(dict.fromkeys(node.process_id for node in self.nodes()))
        return f"<{self.exchange.method} {self.exchange.path} -> {self.status}: {processes or 'no process'}>"


class AskedProcesses(Sequence[AskedProcess]):
    """All requests of a kind, oldest first.

    Args:
        journal: The exchanges.
        route: The operation.
        noun: The word for one of them.
    """

    def __init__(self, journal: Callable[[], Journal], route: str, noun: str) -> None:
        self._journal, self._route, self._noun = journal, route, noun

    @overload
    def __getitem__(self, index: int) -> AskedProcess: ...
    @overload
    def __getitem__(self, index: slice) -> list[AskedProcess]: ...
    def __getitem__(self, index: int | slice) -> AskedProcess | list[AskedProcess]:
        return list(self)[index]

    def __iter__(self) -> Iterator[AskedProcess]:
        return map(AskedProcess, self._journal().select(self._route))

    def __len__(self) -> int:
        return len(self._journal().select(self._route))

    def __repr__(self) -> str:
        return f"<{len(self)} of {self._route}{': ' if self else ''}{', '.join(map(repr, self[-5:]))}>"

    def select(self, **conditions: object) -> list[AskedProcess]:
        """Return those whose attributes have these values, e.g. ``status=200``.

        Raises:
            TypeError: If they have no such attribute.
        """
        return selection.select(self[:], AskedProcess, conditions)

    def one(self, **conditions: object) -> AskedProcess:
        """Return the only one with these attributes.

        Raises:
            LookupError: If there is none, or more than one.
        """
        return selection.one(self[:], AskedProcess, conditions, self._noun)

    def nodes(self, process_id: str | None = None) -> list[Any]:
        """Return the nodes of all process graphs.

        Args:
            process_id: Only calls of this process.
        """
        return [node for each in self for node in each.nodes(process_id)]
