"""What makes the values of a band."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.synthesis.classes import Classes
from mock_backend.synthesis.looks import look_of, range_of
from mock_backend.synthesis.scene import Scene
from mock_backend.synthesis.season import Season

# Data types whose values are computed with 24 digits; all others need more.
_NARROW = {"uint8", "int8", "uint16", "int16", "float16", "float32"}


class Painter:
    """What makes the values of a band from what there is to see, or from those of other bands.

    Args:
        band: The band.
        data_type: The data type of the cube.
        nodata: The value that says that there is none.
    """

    def __init__(self, band: Band, data_type: np.dtype[Any], nodata: float | None) -> None:
        self._data_type, self._nodata = data_type, nodata
        self._classes = Classes.of(band.classes, nodata) if band.classes else None
        self._look = look_of(band)
        self._whole = "int" in band.data_type or data_type.kind in "iub"
        # The same whatever other bands there are.
        is_narrow = band.data_type in _NARROW
        self._precision: type[np.floating] = np.float32 if is_narrow else np.float64
        low, high = range_of(band)
        if data_type.kind in "iu":
            limits = np.iinfo(data_type)
            low, high = max(low, float(limits.min)), min(high, float(limits.max))
        if self._whole and math.ceil(low) <= math.floor(high):
            low, high = math.ceil(low), math.floor(high)
            # What says that there is nothing is nowhere that something is.
            if nodata in (low, high) and low < high:
                low, high = (low + 1, high) if nodata == low else (low, high - 1)
        self._low, self._high = low, high

    def paint(self, scene: Scene, season: Season, key: str) -> NDArray[Any]:
        """Return the values of the pixels of a scene, in the data type of the cube.

        Args:
            scene: The scene.
            season: What time of the year it is.
            key: What distinguishes this picture from others of the same place, e.g. its date.
        """
        values = self._values(scene, season, key)
        if self._classes is None:
            if self._whole:
                np.rint(values, out=values)
            # The last digit of what lies between two values may be beyond both.
            np.clip(values, self._limit(self._low, 1), self._limit(self._high, -1), out=values)
        return values.astype(self._data_type, copy=False)

    def _values(self, scene: Scene, season: Season, key: str) -> NDArray[np.floating]:
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

    def _limit(self, value: float, inwards: int) -> np.floating:
        """Return a limit as the values have it, rounded towards them."""
        limit = self._precision(value)
        if float(limit) * inwards < value * inwards and self._low < self._high:
            limit = np.nextafter(limit, self._precision(inwards * math.inf))
        return limit
