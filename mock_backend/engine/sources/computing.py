"""Values that child processes make of others."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import field
from math import prod
from typing import Any

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Callback, Field, Reals, Stack
from mock_backend.engine.core.window import Positions, Values, Window, WindowReader, positions_of, span
from mock_backend.engine.sources.source import Derived, Need, held_by, reals, spread, spread_array


@dataclass(frozen=True, eq=False)
class Mapped(Derived):
    """Values that are computed one by one."""

    callback: Callback
    parameter: str = "x"  #: The parameter that has a value

    def computing(self, sizes: tuple[int, ...]) -> int:
        return held_by(self.callback, prod(sizes))

    def read(self, window: Window, reader: WindowReader) -> Values:
        values = reals(reader.read(self.source, window))
        return spread(self.callback(**{self.parameter: Field(values)}), window.shape)


@dataclass(frozen=True, eq=False)
class ArrayLine:
    """The arrays along a dimension, as child processes get them."""

    axis: int
    labels: Sequence[Any]
    #: Other names, and which labels each stands for
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def stack(self, values: Values, places: Positions | None = None) -> Stack:
        """Return the arrays of some values.

        Args:
            values: The values, with the dimension still among the others.
            places: The positions of the labels if these are not all of them.
        """
        labels = self.labels if places is None else [self.labels[each] for each in places]
        return Stack(reals(np.moveaxis(values, self.axis, 0)), labels=labels, aliases=self.aliases)


@dataclass(frozen=True, eq=False)
class Reduced(Derived):
    """Values without a dimension, one for each array along it."""

    line: ArrayLine
    callback: Callback

    def inner(self, window: Window) -> Window:
        return window.with_axis(self.line.axis, span(len(self.line.labels)))

    def computing(self, sizes: tuple[int, ...]) -> int:
        return held_by(self.callback, prod(sizes))

    def read(self, window: Window, reader: WindowReader) -> Values:
        stack = self.line.stack(reader.read(self.source, self.inner(window)))
        return spread(self.callback(data=stack), window.shape)


@dataclass(frozen=True, eq=False)
class Along(Derived):
    """Values of which each array along a dimension was computed of another array."""

    line: ArrayLine  #: The arrays that are computed with
    callback: Callback
    target: int  #: The axis of the dimension in the results
    length: int  #: The number of its labels

    def inner(self, window: Window) -> Window:
        return window.without(self.target).with_axis(self.line.axis, span(len(self.line.labels)))

    def computing(self, sizes: tuple[int, ...]) -> int:
        return held_by(self.callback, prod((*sizes[: self.target], *sizes[self.target + 1 :])))

    def read(self, window: Window, reader: WindowReader) -> Values:
        left = window.without(self.target)

        def computed() -> Reals:
            stack = self.line.stack(reader.read(self.source, self.inner(window)))
            return spread_array(self.callback(data=stack), self.length, left.shape)

        # Bands are often read one by one, and each takes the computation of all.
        arrays = reader.kept(self, left.key, computed)
        places = window.others[self.target]
        found = arrays if np.array_equal(places, span(self.length)) else arrays[places]
        return np.moveaxis(found, 0, self.target)


@dataclass(frozen=True, eq=False)
class Grouped(Derived):
    """Values of groups of labels along a dimension."""

    line: ArrayLine  #: The arrays along the dimension
    callback: Callback
    groups: tuple[tuple[int, ...], ...]  #: The positions of the labels of each group

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        most = max(map(len, self.groups), default=1)
        whole = (*sizes[: self.line.axis], most, *sizes[self.line.axis + 1 :])
        return ((self.source, whole, 1),)

    def computing(self, sizes: tuple[int, ...]) -> int:
        return held_by(self.callback, prod((*sizes[: self.line.axis], *sizes[self.line.axis + 1 :])))

    def read(self, window: Window, reader: WindowReader) -> Values:
        axis = self.line.axis
        found = np.empty(window.shape)
        shape = window.without(axis).shape
        for place, group in enumerate(window.others[axis]):
            places = positions_of(self.groups[group])
            values = (
                reader.read(self.source, window.at(axis, places))
                if len(places)
                else np.empty((*window.shape[:axis], 0, *window.shape[axis + 1 :]))
            )
            stack = self.line.stack(values, places)
            found[(slice(None),) * axis + (place,)] = spread(self.callback(data=stack), shape)
        return found


@dataclass(frozen=True, eq=False)
class NearestLabels(Derived):
    """Values of the nearest labels along a dimension that have any."""

    axis: int
    #: Instants at which labels of the source begin, in seconds, and its position; in this order
    starts: Sequence[tuple[float, int]]
    instants: Sequence[float | None]  #: When each label begins; None if that is unknown
    reach: float  #: The distance in seconds beyond which values do not count

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = np.full(window.shape, np.nan)
        for number, label in enumerate(window.others[self.axis]):
            part = found[(slice(None),) * self.axis + (slice(number, number + 1),)]
            for place in nearest_places(self.starts, self.instants[label], self.reach):
                missing = np.isnan(part)
                if not missing.any():
                    break
                values = reader.read(self.source, window.at(self.axis, positions_of([place])))
                np.copyto(part, values, where=missing)
        return found


def nearest_places(
    starts: Sequence[tuple[float, int]], instant: float | None, reach: float | None = None
) -> list[int]:
    """Return the positions of the labels around an instant, the nearest and then the earliest first.

    Args:
        starts: When each label begins, in seconds, and its position; in this order.
        reach: The largest distance in seconds; None for the nearest ones.
    """
    if instant is None or not starts:
        return []
    if reach is None:
        place = bisect_left(starts, (instant,))
        before, after = starts[max(place - 1, 0)][0], starts[min(place, len(starts) - 1)][0]
    else:
        before, after = instant - reach, instant + reach
    around = starts[bisect_left(starts, (before,)) : bisect_right(starts, (after, len(starts) + 1))]
    return [place for *_, place in sorted((abs(start - instant), start, place) for start, place in around)]
