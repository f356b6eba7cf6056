"""Measure two things side by side, and say how they compare.

Other programs share the machine, so nothing is compared across runs: each round measures the thing
and its peer right after one another, in alternating order. Of many short rounds the quieter half
counts, i.e. those that took the least time for both together, and of those the median.
"""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

Sampler = Callable[[], float]
"""Measures something once; returns its value for one operation, e.g. seconds."""


@dataclass(frozen=True)
class Effort:
    """How much work to put into it.

    Args:
        rounds: How often to measure each pair.
        processes: How often to start each process.
        scale: What to divide the large numbers of jobs by.
    """

    rounds: int
    processes: int
    scale: int


FULL = Effort(rounds=101, processes=25, scale=1)
QUICK = Effort(rounds=2, processes=1, scale=50)


@dataclass(frozen=True)
class Row:
    """A row of the table; ``goal`` is empty if there is none."""

    name: str
    measured: str
    peer: str
    result: str
    goal: str = ""
    met: bool = True


@dataclass(frozen=True)
class Benchmark:
    """A function that measures, and the names of the rows it yields."""

    names: tuple[str, ...]
    run: Callable[[Effort], Iterator[Row]]


@dataclass(frozen=True)
class Pairs:
    """The rounds that count: what the thing took and what its peer took."""

    rounds: list[tuple[float, float]]

    @property
    def measured(self) -> float:
        """The thing's median."""
        return median(ours for ours, _ in self.rounds)

    @property
    def peer(self) -> float:
        """The peer's median."""
        return median(theirs for _, theirs in self.rounds)

    def as_ratio(self, name: str, *, goal: float | None = None) -> Row:
        """Return a row whose result is how many times as much as its peer the thing takes."""
        ratio = median(ours / theirs for ours, theirs in self.rounds)
        limit = "" if goal is None else f"<= {goal:.1f} x"
        met = goal is None or ratio <= goal
        return Row(name, seconds(self.measured), seconds(self.peer), f"{ratio:.2f} x", limit, met)

    def as_difference(self, name: str, *, goal: float | None = None) -> Row:
        """Return a row whose result is how many seconds more than its peer the thing takes."""
        difference = median(ours - theirs for ours, theirs in self.rounds)
        limit = "" if goal is None else f"<= +{seconds(goal)}"
        met = goal is None or difference <= goal
        sign = "" if difference < 0 else "+"
        return Row(name, seconds(self.measured), seconds(self.peer), sign + seconds(difference), limit, met)


def compare(measured: Sampler, peer: Sampler, rounds: int, *, warm_up: bool = True) -> Pairs:
    """Measure two things alternately.

    Args:
        measured: The thing.
        peer: Its peer.
        rounds: How often.
        warm_up: Whether to measure both once more at first, which does not count.
    """
    if warm_up:
        measured()
        peer()
    # What is there already need not be looked at again before each sample.
    gc.collect()
    gc.freeze()
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            theirs, ours = peer(), measured()
        else:
            ours, theirs = measured(), peer()
        pairs.append((ours, theirs))
    gc.unfreeze()
    quiet = sorted(pairs, key=sum)[: (rounds + 1) // 2]
    return Pairs(quiet)


def timed(
    function: Callable[[], object],
    times: int = 1,
    *,
    operations: int | None = None,
    before: Callable[[], object] | None = None,
) -> Sampler:
    """Return what measures the seconds that a function takes.

    Args:
        function: What to measure.
        times: How often to call it for one sample.
        operations: By how much to divide the sample; ``times`` by default.
        before: What to do before each sample, unmeasured.
    """

    def sample() -> float:
        if before is not None:
            before()
        # Garbage of one side must not be collected at the expense of the other.
        gc.collect()
        gc.disable()
        try:
            began = time.perf_counter()
            for _ in range(times):
                function()
            return (time.perf_counter() - began) / (operations or times)
        finally:
            gc.enable()

    return sample


def seconds(value: float) -> str:
    """Write a duration in the unit that fits it."""
    size = abs(value)
    if size < 1e-3:
        return f"{value * 1e6:.1f} µs"
    return f"{value * 1e3:.2f} ms" if size < 1 else f"{value:.2f} s"
