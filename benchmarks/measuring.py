"""Measure two things side by side, and say how they compare.

Other programs share the machine, so nothing is compared across runs: each round measures the thing
and its peer right after one another, in alternating order. Noise only ever adds time, and it comes
in phases that last for many rounds. So what counts is the lower quartile of each side's rounds: it
is from the quiet phases if there are any, and unlike the minimum it owes nothing to a lucky moment.
"""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Sampler = Callable[[], float]
"""Measures something once; returns its value for one operation, e.g. seconds."""


@dataclass(frozen=True)
class Effort:
    """Effort to put into measuring.

    Args:
        rounds: Number of measurements of each pair.
        processes: Number of starts of each process.
        scale: Divisor of the large numbers of jobs.
        side: Pixels on each side of large rasters.
    """

    rounds: int
    processes: int
    scale: int
    side: int


FULL = Effort(rounds=101, processes=25, scale=1, side=1000)
QUICK = Effort(rounds=2, processes=1, scale=50, side=200)


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
class Comparison:
    """Times of a subject and its peer."""

    measured: float
    peer: float

    def as_ratio(self, name: str, *, goal: float | None = None) -> Row:
        """Return a row whose result is how many times as much as its peer the thing takes."""
        ratio = self.measured / self.peer
        limit = "" if goal is None else f"<= {goal:.1f} x"
        met = goal is None or ratio <= goal
        return Row(name, seconds(self.measured), seconds(self.peer), f"{ratio:.2f} x", limit, met)

    def as_difference(self, name: str, *, goal: float | None = None) -> Row:
        """Return a row whose result is how many seconds more than its peer the thing takes."""
        difference = self.measured - self.peer
        limit = "" if goal is None else f"<= +{seconds(goal)}"
        met = goal is None or difference <= goal
        sign = "" if difference < 0 else "+"
        return Row(name, seconds(self.measured), seconds(self.peer), sign + seconds(difference), limit, met)


def compare(measured: Sampler, peer: Sampler, rounds: int, *, processes: bool = False) -> Comparison:
    """Measure two things alternately.

    Args:
        measured: The thing.
        peer: Its peer.
        rounds: Number of rounds.
        processes: True if each sample starts a process. These take so long that hardly any is
            quiet from end to end: there is no warm-up, and the least counts.
    """
    if not processes:
        measured()
        peer()
    # What is there already need not be looked at again before each sample.
    gc.collect()
    gc.freeze()
    ours, theirs = [], []
    for number in range(rounds):
        if number % 2:
            theirs.append(peer())
            ours.append(measured())
        else:
            ours.append(measured())
            theirs.append(peer())
    gc.unfreeze()
    choose = min if processes else _lower_quartile
    return Comparison(choose(ours), choose(theirs))


def _lower_quartile(values: list[float]) -> float:
    return sorted(values)[len(values) // 4]


def timed(
    function: Callable[[], object],
    times: int = 1,
    *,
    operations: int | None = None,
    before: Callable[[], object] | None = None,
) -> Sampler:
    """Return what measures the seconds that a function takes.

    Args:
        function: The function to measure.
        times: Number of calls in a sample.
        operations: By how much to divide the sample; ``times`` by default.
        before: Preparation of each sample, unmeasured.
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
