"""Values that are made up: a landscape, where and when it is looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.cubes import Dimension
from mock_backend.engine.reader import Reader, Values
from mock_backend.engine.sources.source import Source
from mock_backend.engine.window import Pixels, Window
from mock_backend.synthesis.landscape import Landscape
from mock_backend.synthesis.lattice import Lattice
from mock_backend.synthesis.mask import geometry_of
from mock_backend.synthesis.painter import Painter
from mock_backend.synthesis.scene import Scene
from mock_backend.synthesis.season import Season, season_between, season_of

#: More places are not looked at at once: what is at hand in between would not fit where it is fast.
_NODES = 2**14
#: Where something is that has no place.
_NOWHERE = (10.0, 48.0)
_NARROW = ("uint8", "int8", "uint16", "int16", "float32")


@dataclass(frozen=True, eq=False)
class Painted(Source):
    """Values that follow from the place, the time, the band and a seed.

    Args:
        dimensions: The dimensions but those of pixels, with their labels.
        bands: The bands: one for each label of the dimension of bands, or just one.
        seed: What decides the landscape.
        period: The time, if there is no dimension of it.
        spans: What time labels stand for that are no instants.
        geometries: The geometries in degrees, if there is a dimension of them.
    """

    dimensions: tuple[Dimension, ...]
    bands: tuple[Band, ...]
    seed: int
    period: tuple[str | None, str | None] = (None, None)
    spans: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    geometries: tuple[Mapping[str, Any], ...] = ()

    def read(self, window: Window, reader: Reader) -> Values:
        """Return the values of a window."""
        exact = all(band.data_type in _NARROW for band in self.bands)
        found = np.empty(window.shape, np.float32 if exact else np.float64)
        kinds = [each.kind for each in self.dimensions]
        geometry = kinds.index("geometry") if "geometry" in kinds and window.pixels is None else None
        places = list(product(*(range(len(each)) for each in window.others)))
        if window.pixels is None:
            for place in [each for each in places if geometry is None or each[geometry] == 0]:
                labels = [int(each[at]) for each, at in zip(window.others, place, strict=True)]
                scene = self._places(geometry)
                plane = self._plane(labels, scene)
                if geometry is None:
                    found[place] = plane.item()
                else:
                    whole: Any = (*place[:geometry], slice(None), *place[geometry + 1 :])
                    found[whole] = plane.reshape(-1)[window.others[geometry]]
            return found
        for rows, scene in _scenes(self.seed, window.pixels, reader):
            for place in places:
                labels = [int(each[at]) for each, at in zip(window.others, place, strict=True)]
                part: Any = (*place, rows)
                found[part] = self._plane(labels, scene)
        return found

    def _plane(self, labels: list[int], scene: Scene) -> NDArray[np.floating]:
        band, season, key = 0, None, []
        for dimension, position in zip(self.dimensions, labels, strict=True):
            if dimension.kind == "geometry" or not dimension.labels:
                continue
            if dimension.kind == "bands":
                # All bands of a date show the same picture, or their indices would not be theirs.
                band = position
                continue
            label = str(dimension.labels[position])
            # What the dimension of time is called makes no difference.
            key.append((dimension.name if dimension.kind == "other" else dimension.kind, label))
            if dimension.kind == "temporal":
                season = self._season(label)
        season = season or season_between(*self.period)
        own = self.bands[min(band, len(self.bands) - 1)]
        nodata = None if own.nodata is None else float(own.nodata)
        painter = Painter(own, np.dtype(own.data_type or "float32"), nodata)
        return painter.paint(scene, season, str(sorted(key)))

    def _season(self, label: str) -> Season:
        span = self.spans.get(label)
        return season_of(label) if span is None else season_between(*span)

    def _places(self, geometry: int | None) -> Scene:
        points = [_NOWHERE]
        if geometry is not None:
            found = [geometry_of(each).representative_point() for each in self.geometries]
            points = [_NOWHERE if each.is_empty else (each.x, each.y) for each in found]
            points += [_NOWHERE] * (len(self.dimensions[geometry].labels or ()) - len(points))
        longitudes, latitudes = np.round(np.array(points, np.float64).reshape(-1, 2), 7).T
        return Scene(Landscape(self.seed, longitudes.copy(), latitudes.copy(), 0))


def _scenes(seed: int, pixels: Pixels, reader: Reader) -> Iterator[tuple[slice, Scene]]:
    """Yield some rows of pixels at a time, with what they show."""
    count = max(Lattice(pixels.grid, pixels.rows, pixels.columns).count, 1)
    step = max(len(pixels.rows) * _NODES // count, 1)
    for first in range(0, len(pixels.rows), step):
        part = Pixels(pixels.grid, pixels.rows[first : first + step], pixels.columns)

        def make(part: Pixels = part) -> Scene:
            lattice = Lattice(part.grid, part.rows, part.columns)
            return Scene(Landscape(seed, *lattice.degrees(), lattice.spacing), lattice)

        yield slice(first, first + step), reader.kept((seed, part.key), make)
