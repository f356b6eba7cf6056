"""Shrink a scenario that makes a test fail to the shortest one that still does."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mock_backend.control.scenarios.scenario import Scenario
from mock_backend.dataclass import dataclass

#: Tells whether a test fails with a scenario.
Fails = Callable[[Scenario], bool]


@dataclass(frozen=True)
class Shrunk:
    """A scenario that is as short as it gets.

    Args:
        scenario: The scenario.
        runs: The number of runs of the test.
    """

    scenario: Scenario
    runs: int

    def __str__(self) -> str:
        return self.scenario.to_text()


def shrink(scenario: Scenario, fails: Fails, *, most_runs: int = 200) -> Shrunk:
    """Return the shortest scenario with which a test still fails.

    Orders are left out as long as the test fails without them: first in large parts, then one by one.

    Args:
        scenario: One with which the test fails; of one that leaves things to chance, its ``story``.
        fails: Runs the test with a scenario, and tells whether it fails.
        most_runs: The maximum number of runs.
    """
    runs = 0

    def still_fails(candidate: Scenario) -> bool:
        nonlocal runs
        runs += 1
        return runs <= most_runs and fails(candidate)

    # What is no list first: it goes or stays.
    for name, nothing in (("capacity", None), ("tokens", {}), ("profile", None), ("plan", None)):
        if getattr(scenario, name) and still_fails(shorter := _with(scenario, name, nothing)):
            scenario = shorter
    for name in ("faults", "provider_faults", "plans", "collections", "relaxed"):
        scenario = _shortened(scenario, name, still_fails)
    rest = replace(scenario, name=f"{scenario.name or 'scenario'}, shrunk", description="")
    return Shrunk(rest, min(runs, most_runs))


def _with(scenario: Scenario, name: str, value: Any) -> Scenario:
    changed: dict[str, Any] = {name: value}
    return replace(scenario, **changed)


def _shortened(scenario: Scenario, name: str, fails: Fails) -> Scenario:
    """Leave out the entries of a list without which a test still fails (delta debugging)."""
    kept = list(getattr(scenario, name))
    if not kept:
        return scenario
    if fails(nothing := _with(scenario, name, ())):
        return nothing
    size = len(kept) // 2
    while size:
        start = 0
        while start < len(kept) and len(kept) > 1:
            rest = kept[:start] + kept[start + size :]
            if rest and fails(_with(scenario, name, rest)):
                kept = rest
            else:
                start += size
        size = size // 2
    return _with(scenario, name, tuple(kept))


def story(scenario: Scenario, strikes: Sequence[tuple[int, dict[str, Any]]]) -> Scenario:
    """Return a scenario with what has come to pass in the place of what was left to chance.

    Args:
        scenario: The scenario.
        strikes: The strikes of its faults: the number of the order, counted from 1, and an order of that very
            strike.
    """
    kept = []
    for number, order in enumerate(scenario.faults, start=1):
        if order.get("probability", 1) == 1 and "jitter" not in order:
            kept.append(order)
        else:
            kept += [alone for struck, alone in strikes if struck == number]
    return replace(scenario, faults=kept)
