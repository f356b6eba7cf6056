"""Values that are made up: a landscape, where and when it is looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import PixelIndex, Values, Window, WindowReader
from mock_backend.engine.cubes import Dimension
from mock_backend.engine.sources.source import Source
from mock_backend.landscape.sensors.sensor import UNKNOWN, Sensor

if TYPE_CHECKING:
    from mock_backend.landscape.sensors.landscape_view import LandscapeView

#: More places are not looked at at once: what is at hand in between would not fit where it is fast.
_NODES = 2**12
#: Position of things that have no place.
_NOWHERE = (10.0, 48.0)
#: The number of windows whose views are kept: each holds what its last dates have in common.
_VIEWS = 4


@dataclass(frozen=True, eq=False)
class Painted(Source):
    """Values that follow from the place, the time, the band and a seed."""

    dimensions: tuple[Dimension, ...]  #: The dimensions but those of pixels, with their labels
    bands: tuple[Band, ...]  #: The bands: one for each label of the dimension of bands, or just one
    seed: int  #: The seed of the landscape
    period: tuple[str | None, str | None] = (None, None)  #: The time, if there is no dimension of it
    #: The periods of time labels that are no instants
    spans: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: The geometries in degrees, if there is a dimension of them
    geometries: tuple[Mapping[str, Any], ...] = ()
    sensor: Sensor = UNKNOWN  #: The facts of the collection

    def read(self, window: Window, reader: WindowReader) -> Values:
        from mock_backend.landscape.sensors.landscape_view import NARROW  # with all of nature

        exact = all(band.data_type in NARROW for band in self.bands)
        found = np.empty(window.shape, np.float32 if exact else np.float64)
        kinds = [each.kind for each in self.dimensions]
        if window.pixels is not None:
            for rows, view in _views(self.seed, window.pixels, reader):
                for place, labels in self._labelled(window):
                    part: Any = (*place, rows)
                    found[part] = self._plane(labels, view)
            return found
        geometry = kinds.index("geometry") if "geometry" in kinds else None
        view = self._places(geometry)
        for place, labels in self._labelled(window):
            if geometry is None:
                found[place] = self._plane(labels, view).item()
            elif place[geometry] == 0:
                whole: Any = (*place[:geometry], slice(None), *place[geometry + 1 :])
                found[whole] = self._plane(labels, view)[window.others[geometry]]
        return found

    def _labelled(self, window: Window) -> Iterator[tuple[tuple[int, ...], list[int]]]:
        """Yield places along the other dimensions, all bands of a date one after the other."""
        bands = [each.kind == "bands" for each in self.dimensions]
        order = sorted(range(len(bands)), key=bands.__getitem__)
        for ordered in product(*(range(len(window.others[each])) for each in order)):
            place = tuple(at for _, at in sorted(zip(order, ordered, strict=True)))
            yield place, [int(each[at]) for each, at in zip(window.others, place, strict=True)]

    def _plane(self, labels: list[int], view: "LandscapeView") -> NDArray[np.floating]:
        band, time, others = 0, None, []
        for dimension, position in zip(self.dimensions, labels, strict=True):
            if dimension.kind == "geometry" or not dimension.labels:
                continue
            label = dimension.labels[position]
            if dimension.kind == "bands":
                band = position
            elif dimension.kind == "temporal":
                time = str(label)
            else:
                others.append(label)
        period = self.period if time is None else self.spans.get(time, (None, None))
        own = self.bands[min(band, len(self.bands) - 1)]
        return view.values(own, self.sensor, time, others=others, period=period)

    def _places(self, geometry: int | None) -> "LandscapeView":
        from mock_backend.landscape.sensors.geojson import shapes_of
        from mock_backend.landscape.sensors.landscape_view import LandscapeView
        from mock_backend.landscape.sensors.lattice import Places

        points = [_NOWHERE]
        if geometry is not None:
            found = [each.representative_point() for each in shapes_of(self.geometries)]
            points = [_NOWHERE if each.is_empty else (each.x, each.y) for each in found]
            points += [_NOWHERE] * (len(self.dimensions[geometry].labels or ()) - len(points))
        longitudes, latitudes = np.array(points, np.float64).reshape(-1, 2).T
        return LandscapeView(self.seed, Places(longitudes, latitudes))


def _views(seed: int, pixels: PixelIndex, reader: WindowReader) -> Iterator[tuple[slice, "LandscapeView"]]:
    """Yield some rows of pixels at a time, with what they show."""
    from mock_backend.landscape.sensors.landscape_view import LandscapeView
    from mock_backend.landscape.sensors.lattice import Lattice

    views: Kept[LandscapeView] = reader.kept(Painted, "views", lambda: Kept(_VIEWS))
    count = max(Lattice(pixels.grid, pixels.rows, pixels.columns).count, 1)
    step = max(len(pixels.rows) * _NODES // count, 1)
    for first in range(0, len(pixels.rows), step):
        part = PixelIndex(pixels.grid, pixels.rows[first : first + step], pixels.columns)
        look = partial(LandscapeView, seed, Lattice(part.grid, part.rows, part.columns))
        yield slice(first, first + step), views.get((seed, part.key), look)
