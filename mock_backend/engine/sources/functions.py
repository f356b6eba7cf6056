"""Values that user-defined functions make of others, chunk by chunk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import groupby, product
from math import prod
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import PixelIndex, Values, Window, WindowReader, positions_of, span
from mock_backend.engine.sources.neighbourhoods import Chunk, Chunks
from mock_backend.engine.sources.restructuring import Bounded
from mock_backend.engine.sources.source import Derived, Need, Source
from mock_backend.engine.udf.capture import to_job
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.runner import run_udf
from mock_backend.engine.udf.xarrays import UdfArray
from mock_backend.lifecycle.lines import Line

#: The largest number of bytes of results that are kept in this process.
_MOST = 128 << 20

#: The largest number of values that functions get at once.
_MOST_AT_ONCE = 1 << 27

#: The number of values, about, that are read at once for several chunks.
_STRIP = 1 << 22

#: The dimensions, but those of pixels, that functions may get as a whole, in their order.
WHOLE = ("t", "bands")

Results = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Functional(Source):
    """Values that a user-defined function makes."""

    source: Source  #: The values that it gets
    code: str
    context: Mapping[str, Any]
    #: The labels of each dimension of ``source`` that it gets as a whole, ``t`` or ``bands``
    gets: Mapping[str, Sequence[Any]]
    #: The dimensions of ``source``: ``t``, ``bands``, or a number for a dimension for each of whose labels it
    #: is called by itself
    axes: tuple[str | int, ...]
    #: The labels that it makes along ``t`` and ``bands``; none where it is to make just one value
    makes: Mapping[str, Sequence[Any]]
    made: tuple[str | int, ...]  #: The dimensions of the result, likewise
    #: The labels of the dimension with the number 0 if these are instants
    instants: Sequence[Any] = field(default=())
    chunks: Chunks | None = None  #: The chunks of pixels; None if there are none
    #: A value that no source of other values has, in any process
    identity: str = field(default_factory=lambda: uuid4().hex)

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:  # noqa: ARG002  # chunks are whole
        whole = tuple(len(self.gets[each]) if isinstance(each, str) else 1 for each in self.axes)
        return ((self.source, whole, 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        if self.chunks is not None and window.pixels is not None and not self.chunks.is_chosen:
            return replace(self, chunks=self.chunks.around(window.pixels)).read(window, reader)
        found = np.full(window.shape, np.nan, np.float32)
        alone = [axis for axis, each in enumerate(self.made) if isinstance(each, int)]
        for numbers in product(*(range(len(window.others[axis])) for axis in alone)):
            part: list[Any] = [slice(None)] * len(self.made)
            at = {}
            for axis, number in zip(alone, numbers, strict=True):
                part[axis] = number
                at[self.made[axis]] = int(window.others[axis][number])
            self._fill(found[tuple(part)], at, window, reader)
        return found

    def _fill(self, view: Results, at: Mapping[str | int, int], window: Window, reader: WindowReader) -> None:
        """Write the values for one label of each dimension that functions do not get as a whole."""
        places = {each: window.others[axis] for axis, each in enumerate(self.made) if isinstance(each, str)}
        # To the order of the result; dimensions that it lacks have one label.
        order = [WHOLE.index(each) for each in places] + [
            n for n, each in enumerate(WHOLE) if each not in places
        ]
        pieces: Any = [(self, (0, 0), None, None)]
        if self.chunks is not None and window.pixels is not None:
            pieces = self._pieces(self.chunks, window.pixels)
        for function, chunk, there, inner in pieces:
            values = function._result(at, chunk, reader).transpose(*order, 2, 3)
            for axis, each in enumerate(places.values()):
                values = values.take(each, axis=axis)
            values = values[(slice(None),) * len(places) + (0,) * (2 - len(places))]
            if there is None:
                view[...] = values[..., 0, 0]
            else:
                view[(Ellipsis, *np.ix_(*there))] = values[(Ellipsis, *np.ix_(*inner))]

    def _pieces(self, chunks: Chunks, pixels: PixelIndex) -> Iterator[Any]:
        """Yield the chunks that make some pixels, with a function that reads several of them at once."""
        depth = prod(len(self.gets[each]) for each in self.axes if isinstance(each, str))
        rows, columns = chunks.seen((0, 0))
        count = max(_STRIP // max(depth * (rows.stop - rows.start) * (columns.stop - columns.start), 1), 1)
        for _, group in groupby(chunks.pieces(pixels), lambda piece: piece[0][0]):
            in_row = list(group)
            for place in range(0, len(in_row), count):
                side_by_side = in_row[place : place + count]
                first, last = side_by_side[0][0], side_by_side[-1][0]
                strip = chunks.strip(first, last)
                function = self if first == last else replace(self, source=_Strip(self.source, strip))
                for chunk, there, inner in side_by_side:
                    outer, own = [], []
                    for places, its, kept in zip(there, inner, chunks.kept(chunk), strict=True):
                        here = (its >= kept.start) & (its < kept.stop)
                        outer.append(places[here])
                        own.append(its[here] - kept.start)
                    yield function, chunk, outer, own

    def _result(self, at: Mapping[str | int, int], chunk: Chunk, reader: WindowReader) -> Results:
        """Return what the function makes of a chunk, along ``t``, ``bands``, rows and columns."""
        key = self.identity, self.chunks, tuple(at.items()), chunk
        return _kept.get(key, lambda: self._computed(at, chunk, reader))

    def _computed(self, at: Mapping[str | int, int], chunk: Chunk, reader: WindowReader) -> Results:
        given = self.given(at, chunk, reader)
        found = run_udf(self.code, given, self.context, log=to_job)
        names = {*self.gets, *self.makes, *found.dims}
        present = [each for each in WHOLE if each in names]
        found = found.arranged(*present, *(() if self.chunks is None else ("y", "x")))
        values = found.values
        for axis, name in enumerate(WHOLE):
            if name in present:
                values = _chosen(values, axis, name, found.coords.get(name), self.makes.get(name))
            else:
                values = np.expand_dims(values, axis)
        if self.chunks is None:
            return values[..., None, None]
        wanted = tuple(size * by for size, by in zip(given.values.shape[-2:], self.chunks.finer, strict=True))
        if values.shape[2:] != wanted:
            sizes = [" by ".join(map(str, each)) for each in (values.shape[2:], wanted)]
            raise UdfFailure.of_result(f"it has {sizes[0]} pixels where {sizes[1]} were expected")
        kept = self.chunks.kept(chunk)
        # Chunks may be much larger than the grid.
        return values if values[..., *kept].size == values.size else values[..., *kept].copy()

    def given(self, at: Mapping[str | int, int], chunk: Chunk, reader: WindowReader | None) -> UdfArray:
        """Return what the function gets for a chunk.

        Args:
            at: The positions of labels by the numbers of the dimensions that it does not get as a whole.
            reader: The reader of the values; None for some made-up ones.
        """
        others = tuple(
            span(len(self.gets[each])) if isinstance(each, str) else positions_of([at[each]])
            for each in self.axes
        )
        pixels = None if self.chunks is None else self.chunks.pixels(chunk)
        window = Window(others, pixels)
        if (count := prod(window.shape)) > _MOST_AT_ONCE:
            raise UdfFailure(
                f"Python exception while evaluating processing graph: MemoryError: a UDF would get {count:,} "
                f"values at once, and {_MOST_AT_ONCE:,} are the most here."
            )
        values = self._values(window, reader)
        names = [each for each in self.axes if isinstance(each, str)]
        alone = tuple(axis for axis, each in enumerate(self.axes) if isinstance(each, int))
        values = values.squeeze(alone)
        kept = [each for each in WHOLE if each in names]
        values = values.transpose([*map(names.index, kept), *range(len(kept), values.ndim)])
        coords: dict[str, Any] = dict(self.gets)
        attributes = {"t": self.instants[at[0]]} if 0 in at and self.instants else {}
        if pixels is None:
            return UdfArray(values, tuple(kept), coords, attrs=attributes)
        if "bands" not in kept:
            # On back-ends there are bands in any case.
            values, kept = np.expand_dims(values, len(kept)), [*kept, "bands"]
        grid = pixels.grid
        coords["y"] = grid.north - (pixels.rows + 0.5) * grid.y_size
        coords["x"] = grid.west + (pixels.columns + 0.5) * grid.x_size
        return UdfArray(values, (*kept, "y", "x"), coords, grid.crs, attributes)

    def _values(self, window: Window, reader: WindowReader | None) -> Values:
        if reader is None:
            return (np.arange(prod(window.shape), dtype=np.float64) % 97 + 1).reshape(window.shape)
        if self.chunks is None or window.pixels is None:
            return reader.read(self.source, window)
        return Bounded(self.source, self.chunks.grid).read(window, reader)


@dataclass(frozen=True, eq=False)
class _Strip(Derived):
    """Values that are read for several chunks at once: what surrounds them is the same for many."""

    pixels: PixelIndex  #: The pixels of all of them

    def read(self, window: Window, reader: WindowReader) -> Values:
        values = reader.read(self.source, window.of_pixels(self.pixels))
        rows, columns = window.raster.rows, window.raster.columns
        top, left = self.pixels.rows[0], self.pixels.columns[0]
        return values[..., rows[0] - top : rows[-1] - top + 1, columns[0] - left : columns[-1] - left + 1]


def _chosen(values: Results, axis: int, name: str, labels: Any, wanted: Sequence[Any] | None) -> Results:
    """Return the values of the labels that were expected, in their order."""
    count, told = values.shape[axis], [] if labels is None else list(labels)
    if wanted is None:
        if not count:
            raise UdfFailure.of_result(f"it has no label of {name!r}, which it should reduce to one")
        if count > 1:
            text = (
                f"The UDF's result has {count} labels of {name!r}, which it should reduce to one: the first."
            )
            to_job(Line("warning", text), once=True)
        return values.take([0], axis=axis)
    if len(told) == len(set(told)) and set(wanted) <= set(told) and told != list(wanted):
        return values.take([told.index(each) for each in wanted], axis=axis)
    if count != len(wanted):
        expected = ", ".join(map(str, wanted))
        raise UdfFailure.of_result(f"it has {count} labels of {name!r}, and expected were: {expected}")
    return values


#: Recent results of functions: files of one job share them, and would run the functions again.
_kept: Kept[Results] = Kept(_MOST, lambda made: made.nbytes)
