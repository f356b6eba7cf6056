"""Edges of geometries, and the rows of pixels or tiles that they cross, at costs that are linear."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Positions = NDArray[np.intp]

#: The largest number of crossings of edges and rows of places, of edges and rows of tiles, and of those that
#: are looked at together.
_OF_PLACES, _OF_TILES, _AT_ONCE = 1 << 25, 1 << 21, 1 << 19
#: The distance at which a tile is still touched, in degrees.
_TOUCHING = 1e-9


class TooManyCrossings(ValueError):
    """There are more crossings of edges and rows than are looked at."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"edges cross rows {count:,} times, and {most:,} is the most")


def counted(counts: Positions) -> tuple[Positions, Positions]:
    """Return the number of a thing, and one from 0 on within it, for each of as many as it counts."""
    number = np.repeat(np.arange(len(counts)), counts)
    return number, np.arange(len(number)) - np.repeat(np.cumsum(counts) - counts, counts)


def edges_along(points: Numbers, line: Positions) -> tuple[Numbers, Positions]:
    """Return the edges of lines, and the number of the line of each; points alone are lines to themselves.

    Args:
        points: The positions of all lines, one line after the other.
        line: The number of the line of each, ascending.
    """
    goes_on = line[1:] == line[:-1]
    is_alone = np.bincount(line)[line] == 1
    edges = np.vstack([np.hstack([points[:-1], points[1:]])[goes_on], np.tile(points[is_alone], 2)])
    return edges, np.append(line[1:][goes_on], line[is_alone])


def runs_within(edges: Numbers, parts: Positions, xs: Numbers, ys: Numbers) -> NDArray[np.intp]:
    """Return the runs of places within areas: a line to the west crosses edges an odd number of times.

    Args:
        edges: Each from x and y to x and y; those of a part are closed.
        parts: The number of the area that each edge is of.
        xs: The coordinates of columns, ascending.
        ys: The coordinates of rows, ascending.

    Returns:
        Four rows: the area of each run, its row, its first column, and the one after its last.

    Raises:
        TooManyCrossings: If edges cross rows too often.
    """
    # The same, whichever side of an edge an area is on.
    edges = np.where((edges[:, 1] > edges[:, 3])[:, None], edges[:, [2, 3, 0, 1]], edges)
    # From the lower end of an edge up to, not including, the upper one.
    low, high = (np.searchsorted(ys, each) for each in edges[:, 1::2].T)
    found = [np.empty((4, 0), np.intp)]
    width = len(xs) + 1
    for some, rows in _crossings(low, high, len(ys), _OF_PLACES):
        x, y, last_x, last_y = edges[some].T
        columns = np.searchsorted(xs, x + (ys[rows] - y) / (last_y - y) * (last_x - x))
        # In the order of areas and rows two crossings that follow one another are the ends of a run.
        order = np.sort((parts[some] * len(ys) + rows) * width + columns)
        first, after = order[::2], order[1::2]
        first, after = first[after > first], after[after > first]
        areas, rows = np.divmod(first // width, len(ys))
        found.append(np.stack([areas, rows, first % width, after % width]))
    return np.concatenate(found, axis=1)


def tiles_met(edges: Numbers, parts: Positions, xs: Numbers, ys: Numbers) -> list[range]:
    """Return the tiles that areas, lines and points meet; borders count.

    Args:
        edges: As of ``runs_within``, and those of lines and points.
        parts: The number of the area that each edge is of; less than 0 for those of lines and points.
        xs: The borders of columns of tiles, ascending: one more than there are columns.
        ys: The borders of rows, ascending.

    Returns:
        Runs of the numbers of tiles, which go on from row to row.

    Raises:
        TooManyCrossings: If edges cross rows too often.
    """
    columns = len(xs) - 1
    middles, is_of_area = [(each[:-1] + each[1:]) / 2 for each in (xs, ys)], parts >= 0
    _, row, first, after = runs_within(edges[is_of_area], parts[is_of_area], *middles)
    starts, stops = joined(row * columns + first, row * columns + after)
    lower, upper = np.sort(edges[:, 1::2], axis=1).T
    low, high = _steps(lower, upper, ys)
    for some, rows in _crossings(low, high, len(ys) - 1, _OF_TILES):
        x, y, last_x, last_y = edges[some].T
        south, north = ys[rows] - _TOUCHING, ys[rows + 1] + _TOUCHING
        with np.errstate(divide="ignore", invalid="ignore"):  # along rows, where both ends count
            shares = [
                np.nan_to_num((each.clip(south, north) - y) / (last_y - y), nan=end).clip(0, 1)
                for each, end in ((y, 0.0), (last_y, 1.0))
            ]
        left, right = np.sort([x + each * (last_x - x) for each in shares], axis=0)
        first, after = _steps(left, right, xs)
        there = first < after
        starts, stops = joined(
            np.append(starts, (rows * columns + first)[there]),
            np.append(stops, (rows * columns + after)[there]),
        )
    return [range(start, stop) for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]


def _steps(low: Numbers, high: Numbers, borders: Numbers) -> tuple[Positions, Positions]:
    """Return the first step between borders that ranges meet, and the one after the last."""
    first = np.searchsorted(borders, low - _TOUCHING) - 1
    after = np.searchsorted(borders, high + _TOUCHING, side="right")
    return first.clip(0), np.minimum(after, len(borders) - 1)


def _crossings(
    low: Positions, high: Positions, rows: int, most: int
) -> Iterator[tuple[Positions, Positions]]:
    """Yield the edges that cross rows, and these rows, some rows at a time.

    Args:
        low: The first row that each edge crosses.
        high: The one after the last.
        rows: The number of rows.
        most: The largest number of crossings.
    """
    high = np.maximum(low, high)
    count = int((high - low).sum())
    if count > most:
        raise TooManyCrossings(count, most)
    # The number of crossings up to and with each row.
    begun, ended = (np.bincount(each, minlength=rows + 1) for each in (low, high))
    sums = np.cumsum(np.cumsum(begun - ended)[:rows])
    borders = [0, *(np.flatnonzero(np.diff(sums // _AT_ONCE)) + 1).tolist(), rows]
    for start, stop in pairwise(borders):
        own = low.clip(start, stop)
        edges, at = counted(high.clip(start, stop) - own)
        yield edges, own[edges] + at


def joined(starts: Positions, stops: Positions) -> tuple[Positions, Positions]:
    """Return runs in ascending order, those that meet or overlap as one."""
    if (starts[1:] < starts[:-1]).any():
        order = np.argsort(starts)
        starts, stops = starts[order], stops[order]
    stops = np.maximum.accumulate(stops)
    begins = np.append(True, starts[1:] > stops[:-1])[: len(starts)]
    return starts[begins], stops[np.append(begins[1:], True)[: len(starts)]]
