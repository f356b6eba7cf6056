"""What makes the values of a band."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.cubes import ComputedBand
from mock_backend.cubes.computed_band import MIDDLE
from mock_backend.synthesis.classes import Classes
from mock_backend.synthesis.computing import computed
from mock_backend.synthesis.looks import look_of, range_of
from mock_backend.synthesis.scene import Scene
from mock_backend.synthesis.season import Season

# Data types whose values are computed with 24 digits; all others need more.
_NARROW = {"uint8", "int8", "uint16", "int16", "float16", "float32"}
# How far the smallest of some values is from the middle one.
_SPREAD = 0.5
# What has a wider range has none that anybody knows.
_WIDEST = 1e9


class Painter:
    """What makes the values of a band from what there is to see, or from those of other bands.

    Args:
        band: The band.
        data_type: The data type of the cube.
        nodata: The value that says that there is none.
    """

    def __init__(self, band: Band, data_type: np.dtype[Any], nodata: float | None) -> None:
        self._recipe, self._rank = None, MIDDLE
        if isinstance(band, ComputedBand):
            self._recipe, self._rank = band.recipe, band.rank
        self._data_type, self._nodata = data_type, nodata
        self._classes = Classes.of(band.classes, nodata) if band.classes else None
        self._look = look_of(band)
        self._whole = "int" in band.data_type or data_type.kind in "iub"
        # The same whatever other bands there are.
        is_narrow = band.data_type in _NARROW and self._recipe is None
        self._precision: type[np.floating] = np.float32 if is_narrow else np.float64
        low, high = range_of(band, is_computed=self._recipe is not None)
        if data_type.kind in "iu":
            limits = np.iinfo(data_type)
            low, high = max(low, float(limits.min)), min(high, float(limits.max))
        if self._whole and math.ceil(low) <= math.floor(high):
            low, high = math.ceil(low), math.floor(high)
            # What says that there is nothing is nowhere that something is.
            if nodata in (low, high) and low < high:
                low, high = (low + 1, high) if nodata == low else (low, high - 1)
        self._low, self._high = low, high
        self._sources: dict[int, tuple[Band, Painter]] = {}

    def paint(self, scene: Scene, season: Season, key: str) -> NDArray[Any]:
        """Return the values of the pixels of a scene, in the data type of the cube.

        Args:
            scene: The scene.
            season: What time of the year it is.
            key: What distinguishes this picture from others of the same place, e.g. its date.
        """
        values = self._values(scene, season, key)
        if self._classes is None or self._recipe is not None:
            values = self._ranked(values)
            if self._whole:
                # The smallest of some numbers is no larger than another one of them, rounded or not.
                round_ = np.rint if self._rank == MIDDLE else np.floor if self._rank < MIDDLE else np.ceil
                round_(values, out=values)
            # The last digit of what lies between two values may be beyond both.
            np.clip(values, self._limit(self._low, 1), self._limit(self._high, -1), out=values)
        if self._recipe is not None and self._data_type.kind != "f":
            np.nan_to_num(values, copy=False, nan=self._low if self._nodata is None else self._nodata)
        return values.astype(self._data_type, copy=False)

    def _values(self, scene: Scene, season: Season, key: str) -> NDArray[np.floating]:
        if self._recipe is not None:
            found = computed(self._recipe, lambda band: self._source(band).paint(scene, season, key))
            return np.broadcast_to(found, scene.shape).copy()
        if self._classes is not None:
            return self._classes.seen(scene, season, key)
        seen = self._look(scene.landscape, season, key)
        land = np.clip(seen.land, 0, 1, out=seen.land).astype(self._precision, copy=False)
        land *= self._high - self._low
        land += self._low
        values = scene.seen(land)
        if seen.water is not None and scene.water is not None:
            np.copyto(values, self._low + seen.water * (self._high - self._low), where=scene.water)
        return values

    def _source(self, band: Band) -> "Painter":
        """Return what makes the values of a band that others are computed of."""
        found = self._sources.get(id(band))
        if found is None:
            nodata = None if band.nodata is None else float(band.nodata)
            kind = band.data_type
            if isinstance(band, ComputedBand) and band.recipe is not None and kind.startswith("float"):
                # As exact as it can be: 0.4 shall not be more than 0.4.
                kind = "float64"
            # With the band, so that no other one gets its place in memory.
            found = self._sources[id(band)] = band, Painter(band, np.dtype(kind), nodata)
        return found[1]

    def _ranked(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return smaller or larger values if they are the smallest or largest of some."""
        width = self._high - self._low
        if self._rank == MIDDLE or not 0 < width <= _WIDEST:
            return values
        above, below = values - self._precision(self._low), self._precision(self._high) - values
        above *= below
        above *= self._precision(2 * (self._rank - MIDDLE) * _SPREAD / width)
        above += values
        return above

    def _limit(self, value: float, inwards: int) -> np.floating:
        """Return a limit as the values have it, rounded towards them."""
        limit = self._precision(value)
        if float(limit) * inwards < value * inwards and self._low < self._high:
            limit = np.nextafter(limit, self._precision(inwards * math.inf))
        return limit
