"""Orders for jobs: which jobs each is for."""

import inspect
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from typing import Any, Protocol

from mock_backend.control.orders import Order
from mock_backend.errors import Internal


class Selectable(Protocol):
    """Job as the conditions of an order see it."""

    @property
    def title(self) -> str | None: ...

    @property
    def process_ids(self) -> Collection[str]: ...


class JobOrder(Order):
    """An order for all jobs, or for those that meet conditions.

    Args:
        title: Only jobs with this title; ``*``, ``?`` and ``[…]`` as in file names.
        process: Only jobs whose process graph calls this process, nested graphs included.
        where: Only jobs for which this function returns something true.
        times: The number of times it applies; None means always.
    """

    def __init__(
        self,
        *,
        title: str | None = None,
        process: str | None = None,
        where: Callable[[Any], object] | None = None,
        times: int | None = None,
    ) -> None:
        super().__init__(times)
        for name, text in (("title", title), ("process", process)):
            if text is not None and not isinstance(text, str):
                raise TypeError(f"{name} is a text, not {text!r}.")
        if where is not None:
            _check_condition(where)
        self._title = title
        self._process = process
        self._where = where

    @property
    def meant(self) -> str:
        """The jobs it is for, in words."""
        return ", ".join(f"{name}={value!r}" for name, value in self.conditions.items()) or "all jobs"

    @property
    def conditions(self) -> dict[str, Any]:
        """The conditions that there are, by name."""
        conditions = {"title": self._title, "process": self._process, "where": self._where}
        return {name: value for name, value in conditions.items() if value is not None}

    def applies_to(self, job: Selectable) -> bool:
        """Tell whether a job meets all conditions."""
        return (
            (self._title is None or fnmatchcase(job.title or "", self._title))
            and (self._process is None or self._process in job.process_ids)
            and (self._where is None or self._is_where(job))
        )

    def _is_where(self, job: Selectable) -> bool:
        assert self._where is not None  # who calls has looked
        try:
            return bool(self._where(job))
        except Exception as error:
            raise Internal(f"where={self._where!r} failed: {type(error).__name__}: {error}") from error


def _check_condition(where: object) -> None:
    if not callable(where):
        raise TypeError(
            f"where is a function that takes a job, e.g. lambda job: job.synchronous, not {where!r}."
        )
    try:
        signature = inspect.signature(where)
    except (TypeError, ValueError):
        return  # Some functions of C do not tell.
    try:
        signature.bind(None)
    except TypeError:
        raise TypeError(f"where takes a job, e.g. lambda job: job.synchronous; {where!r} does not.") from None
