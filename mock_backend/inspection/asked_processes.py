"""Process graphs that clients have sent for synchronous processing and validation."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from mock_backend.control.journal import Exchange, Journal
from mock_backend.control.view import View
from mock_backend.inspection.graphs import ProcessGraph
from mock_backend.processes.definitions import Node


class AskedProcess:
    """A request with a process graph."""

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

    def nodes(self, process_id: str | None = None) -> list[Node]:
        """Return the nodes of the process graph, of nested graphs too.

        Args:
            process_id: Only calls of this process.
        """
        return self.process_graph.nodes(process_id)

    def __repr__(self) -> str:
        processes = ", ".join(dict.fromkeys(node.process_id for node in self.nodes()))
        return f"<{self.exchange.method} {self.exchange.path} -> {self.status}: {processes or 'no process'}>"


class AskedProcesses(View[AskedProcess]):
    """All requests of a kind, oldest first.

    Args:
        noun: The word for one of them.
    """

    kind = AskedProcess

    def __init__(self, journal: Callable[[], Journal], route: str, noun: str) -> None:
        self._journal, self._route, self.noun = journal, route, noun

    def __iter__(self) -> Iterator[AskedProcess]:
        return map(AskedProcess, self._journal().select(self._route))

    def nodes(self, process_id: str | None = None) -> list[Node]:
        """Return the nodes of all process graphs.

        Args:
            process_id: Only calls of this process.
        """
        return [node for each in self for node in each.nodes(process_id)]


class Exchanges(Journal):
    """The exchanges with a back-end, with the process graphs in them."""

    def nodes(self, process_id: str | None = None) -> list[Node]:
        """Return the nodes of all process graphs that were sent to be processed or validated.

        Args:
            process_id: Only calls of this process.
        """
        return [node for each in self for node in AskedProcess(each).nodes(process_id)]
