"""The work that one process graph may ask for, counted as it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from mock_backend.errors.codes import ProcessGraphComplexity

#: The most steps: nodes, each time they are checked or followed, and dimensions of the cubes they make.
STEPS = 20_000
#: The most calls of functions, such as ``add`` for an element of an array.
CALLS = 50_000
#: The most values that pass from node to node: elements of arrays, members of objects, eight characters each.
VALUES = 1 << 20
#: The most levels of processes within processes, and of arrays within arrays.
DEPTH = 100
#: The most steps from loading a data cube to its result.
CHAIN = 200
#: The most names that misspelt ones are compared with.
COMPARISONS = 5_000

_CHARACTERS = 8
#: Larger numbers are not told.
_COUNTED = 10**15
_SINGLE = (int, float, type(None))
#: The length of arrays of numbers that are looked through each time.
_FEW = 4


class Workload:
    """The work that a process graph has asked for until now.

    Every method raises ``ProcessGraphComplexity`` when it is too much.

    Args:
        factor: Factor of the limits to steps, calls and values.
    """

    def __init__(self, factor: float = 1.0) -> None:
        self._most_steps, self._most_calls, self._most_values = (
            round(each * factor) for each in (STEPS, CALLS, VALUES)
        )
        self.steps = self._calls = self._values = self._comparisons = 0
        #: Contents of arrays and objects: themselves, so that no others get their ids, their values and
        #: levels.
        self._measured: dict[int, tuple[Any, int, int]] = {}

    def step(self, count: int = 1) -> None:
        """Count steps."""
        self.steps += count
        if self.steps > self._most_steps:
            raise refusal(
                f"at least {self.steps:,} steps",
                self._most_steps,
                "Each node is one, also those of child and user-defined processes each time they are called, "
                "and so is each dimension of a data cube that it makes.",
            )

    def call(self) -> None:
        """Count a call of a function."""
        self._calls += 1
        if self._calls > self._most_calls:
            raise refusal(
                f"more than {self._most_calls:,} calls of processes of single values and arrays",
                self._most_calls,
                "Those of child processes count for each element of an array.",
            )

    def weigh(self, value: Any) -> None:
        """Count what a value holds."""
        if isinstance(value, _SINGLE):
            return
        values, levels = self.measure(value)
        if levels > DEPTH:
            raise too_deep("arrays or objects")
        self.room_for(values)
        self._values += values

    def room_for(self, count: int) -> None:
        """Check that a number of values more is not too much."""
        if self._values + count > self._most_values:
            raise refusal(
                f"at least {self._values + min(count, _COUNTED):,} values",
                self._most_values,
                "Each element of an array, member of an object and eight characters of a text is one, each "
                "time a node makes or takes it.",
            )

    def may_compare(self, count: int) -> bool:
        """Tell whether a name may still be compared with some others, and count them."""
        self._comparisons += count
        return self._comparisons <= COMPARISONS

    def measure(self, value: Any, level: int = 0) -> tuple[int, int]:
        """Return how many values a value holds, and how many levels of arrays and objects it has."""
        if isinstance(value, str):
            return 1 + len(value) // _CHARACTERS, 0
        parts = _parts(value)
        if parts is None:
            # An array of pixels has a size.
            return getattr(getattr(value, "values", None), "size", 1), 0
        if (known := self._measured.get(id(value))) is None:
            if level > DEPTH:
                raise too_deep("arrays or objects")
            values, levels = len(parts), 0
            for each in parts:
                if type(each) is list and len(each) <= _FEW and all(type(one) in _SINGLE for one in each):
                    # Such as positions, of which there may be very many.
                    values, levels = values + len(each), levels or 1
                elif not isinstance(each, _SINGLE):
                    more, deeper = self.measure(each, level + 1)
                    values, levels = values + more, max(levels, deeper)
            known = self._measured[id(value)] = value, values, levels + 1
        return known[1:]


_current: ContextVar[Workload | None] = ContextVar("workload", default=None)


@contextmanager
def counting_work(factor: float = 1.0) -> Iterator[Workload]:
    """Count the work of a block, apart from that of blocks around it, see ``Workload``."""
    work = Workload(factor)
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def current_workload() -> Workload | None:
    """Return the workload that is counted now; None outside of ``counting_work``."""
    return _current.get()


def check_room(count: int) -> None:
    """Raise ``ProcessGraphComplexity`` if values that are about to be made are too much."""
    (_current.get() or Workload()).room_for(count)


def amount_of(value: Any) -> int:
    """Return how many values a value holds, with those of all arrays and objects in it."""
    return (_current.get() or Workload()).measure(value)[0]


def weighed(value: Any) -> Any:
    """Return a value, counted if work is counted now."""
    if (work := _current.get()) is not None:
        work.weigh(value)
    return value


def too_deep(what: str, most: int = DEPTH) -> ProcessGraphComplexity:
    """Return the error for something that is nested too deeply."""
    return refusal(f"more than {most:,} levels of {what}", most)


def refusal(needs: str, most: int, counting: str = "") -> ProcessGraphComplexity:
    """Return the error for a process graph that needs too much.

    Args:
        needs: The amount it needs, in words.
        counting: The unit of counting, in words.
    """
    message = f"The process is too complex: it needs {needs}, and at most {most:,} are possible. {counting}"
    return ProcessGraphComplexity(message.rstrip())


def _parts(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, dict):
        return value.values()
    items = getattr(value, "items", None)  # of an array with labels
    return items if isinstance(items, list | tuple) else None
