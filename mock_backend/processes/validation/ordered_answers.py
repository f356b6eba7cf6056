"""Answers of ``/validation`` that a test orders."""

from collections.abc import Iterable, Mapping
from typing import Any

from mock_backend.control.orders import Order, OrderBook
from mock_backend.processes.definitions import walk


class ValidationOrder(Order):
    """The errors that ``/validation`` finds in process graphs, in the place of what is wrong with them.

    Args:
        errors: Their ``code`` and ``message``, or messages alone; none if it finds nothing.
        process: Only in process graphs that call this process, nested graphs included.
        times: The number of times; None means always.

    Raises:
        TypeError: If an error has no message.
    """

    def __init__(
        self,
        errors: Iterable[Mapping[str, Any] | str] = (),
        *,
        process: str | None = None,
        times: int | None = None,
    ) -> None:
        super().__init__(times)
        self.errors = [_error(each) for each in ([errors] if isinstance(errors, str) else errors)]
        self.process = process

    def applies_to(self, process_graph: Any) -> bool:
        """Tell whether it is for a process graph."""
        if self.process is None:
            return True
        return isinstance(process_graph, dict) and self.process in {
            node.process_id for node in walk(process_graph)
        }

    def __repr__(self) -> str:
        about = "all process graphs" if self.process is None else f"process={self.process!r}"
        return f"<validation with {len(self.errors)} errors for {about}: {self.hits} hits>"


def _error(given: Mapping[str, Any] | str) -> dict[str, Any]:
    if isinstance(given, str):
        return {"code": "ProcessInvalid", "message": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("message"), str):
        raise TypeError(f"An error has a message, e.g. {{'code': 'Oops', 'message': 'No.'}}, got {given!r}.")
    return {"code": "ProcessInvalid", **given}


class AnswerBook(OrderBook[ValidationOrder]):
    """The ordered answers; later ones win."""

    def of(self, process_graph: Any) -> list[dict[str, Any]] | None:
        """Return the errors that are ordered for a process graph, and count the order; None without one."""
        order = self.hit(lambda each: each.applies_to(process_graph))
        return None if order is None else order.errors
