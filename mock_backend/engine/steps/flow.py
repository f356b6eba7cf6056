"""A data cube on its way through a process graph, and what was loaded for it."""

from dataclasses import replace
from math import prod
from typing import Self

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.instants import Period
from mock_backend.engine.cubes import DataCube, Grid
from mock_backend.engine.cubes.projection import Box, bounds_in, is_geographic
from mock_backend.engine.steps.areas import Area
from mock_backend.engine.steps.inputs.native_grid import Native, Visits, degrees
from mock_backend.errors import OpenEOError, ProcessGraphComplexity

#: Number of values that is too much for any back-end.
TOO_MANY = 10**12
#: Files count their rows and columns in 32 bits.
_TOO_LONG = 2**32
#: The largest number of values that single ones may be made of.
MOST_READ = 1 << 30
#: Maximum number of values loaded as a whole where no area has been chosen; larger cubes have a sample ...
_MOST_OF_ALL = 1 << 26
#: ... of this width and height in pixels, ...
_SAMPLE = 256
#: ... and of this number of the last days.
_SAMPLE_DAYS = 3
#: Somewhere with mountains and valleys.
_SAMPLED = (11.3, 46.5)


@dataclass(frozen=True)
class PixelExtent:
    """Extent of something in pixels."""

    grid: Grid | None  #: Its pixels; None if it has none
    native: Native | None = None  #: The pixels of the collection if no area has been chosen yet, else None

    def clipped(self, place: Area) -> "PixelExtent | None":
        """Return the part in an area; None if there is none.

        Raises:
            UnknownCrsError: If the area cannot be projected.
        """
        if self.grid is None:
            return self
        if self.native is not None:
            # As if the area had been named when loading.
            grid = self.native.around(place)
        else:
            bounds = bounds_in(place.bounds, place.crs, self.grid.crs)
            # A box without any centre of a pixel in it is within one.
            grid = self.grid.within(bounds) or self.grid.clipped(bounds)
        return None if grid is None else PixelExtent(grid)


@dataclass(frozen=True)
class Read:
    """Something that was loaded, or resampled to another size."""

    node: str  #: The place in the process graph
    collection: str | None  #: The id of the collection; None if it was not loaded
    layers: int  #: The number of values for each pixel
    extent: PixelExtent

    @property
    def count(self) -> int:
        """Number of values."""
        return self.layers * (1 if self.extent.grid is None else self.extent.grid.pixels)

    def clipped(self, place: Area) -> "Read | None":
        """Return the part in an area; None if there is none."""
        extent, native = self.extent.clipped(place), self.extent.native
        if extent is None:
            return None
        depth = self.layers
        if native is not None and native.visits is not None:
            # There are data of fewer days in a part of the Earth than in all of it.
            whole, part = len(native.visits.labels(None)), len(native.visits.labels(place.degrees))
            depth = max(-(-depth * part // whole), 1) if whole else depth
        return replace(self, layers=depth, extent=extent)


@dataclass(frozen=True)
class Flow:
    """A data cube on its way through a process graph.

    Back-ends load no more than a process graph makes use of. So what later steps choose counts for
    what has been read, too.
    """

    cube: DataCube
    reads: tuple[Read, ...] = ()  #: The collections loaded for it, in its order
    native: Native | None = None  #: The pixels of the collection if no area has been chosen yet, else None
    is_raw: bool = False  #: True if it was loaded and only parts of it were chosen since
    is_certain: bool = True  #: True if no uncomputed process could have made other dimensions and labels

    @classmethod
    def loaded(cls, cube: DataCube, node: str, collection: str | None, native: Native | None = None) -> Self:
        """Return a cube that a node loads.

        Args:
            collection: The id of the collection that it is of, if it is of one.
        """
        read = Read(node, collection, layers(cube), PixelExtent(cube.grid, native))
        return cls(cube, (read,), native, is_raw=True)

    @property
    def extent(self) -> PixelExtent:
        """Extent of its pixels."""
        return PixelExtent(self.cube.grid, self.native)

    def made(self, cube: DataCube, *others: "Flow") -> "Flow":
        """Return what was made of it, and of others."""
        reads = dict.fromkeys((*self.reads, *(read for other in others for read in other.reads)))
        native = self.native if cube.grid == self.cube.grid else None
        is_certain = self.is_certain and all(other.is_certain for other in others)
        given = replace(cube, is_given=False) if cube.is_given else cube
        return Flow(given, tuple(reads), native, is_certain=is_certain)

    def chosen(self, cube: DataCube) -> "Flow":
        """Return a part of it: some of its labels."""
        if not self.is_raw:
            return replace(self, cube=cube)
        return replace(
            self, cube=cube, reads=tuple(replace(each, layers=layers(cube)) for each in self.reads)
        )

    def clipped(self, place: Area) -> "Flow | None":
        """Return the part in an area; None if there is none."""
        extent = self.extent.clipped(place)
        if extent is None:
            return None
        reads = [left for each in self.reads if (left := each.clipped(place)) is not None]
        cube = replace(self.cube, grid=extent.grid)
        if self.native is not None and self.native.visits is not None:
            cube = _seen(cube, self.native.visits, place)
        return replace(self, cube=cube, reads=tuple(dict.fromkeys(reads)), native=extent.native)


def _seen(cube: DataCube, visits: Visits, place: Area) -> DataCube:
    """Return a cube with those of its days only on which an area was seen."""
    loaded, seen = set(visits.labels(None)), set(visits.labels(place.degrees))
    for each in cube.dimensions:
        # Other labels are those of aggregated values.
        if each.kind == "temporal" and loaded.issuperset(each.labels or ()):
            kept = tuple(label for label in each.labels or () if label in seen)
            cube = cube.at(each.name, *(kept or (each.labels or ())[:1]))
    return cube


def layers(cube: DataCube) -> int:
    """Return how many values a cube has for each pixel."""
    return prod(cube.other_sizes)


def sampled(flow: Flow) -> Flow | None:
    """Return a sample of a cube for which no area was chosen; None if there is no need for one.

    Tests load collections without an extent and mean some data, not all there are.
    """
    native, cube = flow.native, flow.cube
    if native is None or cube.count <= _MOST_OF_ALL:
        return None
    found = flow.clipped(Area(_sample_of(native)))
    if found is None:
        return None
    is_open = native.visits is not None and native.visits.period == Period()
    time = found.cube.of_kind("temporal")
    if is_open and time is not None and len(time.labels or ()) > _SAMPLE_DAYS:
        found = found.chosen(found.cube.at(time.name, *(time.labels or ())[-_SAMPLE_DAYS:]))
    return found


def _sample_of(native: Native) -> Box:
    """Return a small box in degrees within a collection's."""
    west, south, east, north = native.box
    x, y = _SAMPLED
    if not (west < x < east and south < y < north):
        x, y = (west + east) / 2, (south + north) / 2
    wide, high = native.x_size, native.y_size
    if native.crs is None or not is_geographic(native.crs):
        wide, high = degrees(wide), degrees(high)
    wide, high = min(wide * _SAMPLE, east - west) / 2, min(high * _SAMPLE, north - south) / 2
    return max(x - wide, west), max(y - high, south), min(x + wide, east), min(y + high, north)


def check_size(flow: Flow) -> None:
    """Refuse a cube that is too large, or for which too much was resampled; the error says how large."""
    for read in flow.reads:
        # Real back-ends read more than they write, and so much more than they hold.
        if read.collection is None:
            _check(read.count, read.extent.grid, f"the node {read.node!r} makes a data cube", read.layers)
    cube = flow.cube
    _check(cube.count, cube.grid, "the result is a data cube", layers(cube))


def _check(count: int, grid: Grid | None, what: str, depth: int) -> None:
    if count < TOO_MANY and (grid is None or max(grid.rows, grid.columns) < _TOO_LONG):
        return
    size = f"{count:,} values"
    if grid is not None:
        size = (
            f"{grid.pixels:,} pixels ({grid.columns:,} by {grid.rows:,}) of {depth:,} value"
            f"{'' if depth == 1 else 's'} each"
        )
    raise too_much(
        f"{what} with {size}; {TOO_MANY:,} values are too many",
        "Choose a coarser resolution, a smaller spatial_extent, a shorter temporal_extent or fewer bands.",
    )


def too_much(what: str, way_out: str) -> OpenEOError:
    """Return the error for something that would be too large."""
    return ProcessGraphComplexity(f"The process is too complex: {what}. {way_out}")
