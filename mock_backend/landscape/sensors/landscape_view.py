"""View: the made-up values of the bands of collections at some places."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.catalog import Band
from mock_backend.landscape.nature.scenery import NodeScenery, Scenery
from mock_backend.landscape.nature.season import PictureDate
from mock_backend.landscape.nature.terrain import Nodes
from mock_backend.landscape.sensors.band_models import model_of
from mock_backend.landscape.sensors.quality import Model
from mock_backend.landscape.sensors.sensor import Sensor, range_of

#: Data types whose values are float32 in memory; those of all others are float64.
NARROW = frozenset({"uint8", "int8", "uint16", "int16", "float16", "float32"})
# The dates of this many pixels are kept for the next band, and this many at least.
_PIXELS, _FEWEST = 1 << 21, 2
_MOST_BANDS = 1000


class LandscapeView:
    """The landscape that some pixels or places show.

    It keeps what bands and dates have in common, so one view should be asked for all of them: dates in
    the outer loop, bands in the inner one. It is not safe to be used by several threads.
    """

    def __init__(self, seed: int, nodes: Nodes) -> None:
        self._around = NodeScenery(seed, nodes)
        self._sceneries: Kept[Scenery] = Kept(max(_PIXELS // max(math.prod(nodes.shape), 1), _FEWEST))
        # With the band, so that no other one gets its place in memory.
        self._painters: Kept[tuple[Band, _Painter]] = Kept(_MOST_BANDS)

    def values(
        self,
        band: Band,
        sensor: Sensor,
        time: str | None = None,
        *,
        others: Sequence[object] = (),
        period: tuple[str | None, str | None] = (None, None),
    ) -> NDArray[np.floating]:
        """Return the values of a band, rows by columns; NaN where there are none.

        Args:
            time: The label of the temporal dimension, if there is one.
            others: The labels of dimensions of other kinds than space, time and bands.
            period: The first and the last instant of what has no temporal dimension, or of a label that is no
                instant.

        Returns:
            A new array of float32, or float64 for bands of wider data types. Integer bands have whole
            numbers in their range, without their no-data value.
        """
        moment = PictureDate.of(time, others, period, is_hourly=sensor.is_hourly)
        key = id(band), sensor
        _, painter = self._painters.get(key, lambda: (band, _Painter(band, model_of(band, sensor))))
        return painter.painted(self._sceneries.get(moment, lambda: Scenery(self._around, moment)))


class _Painter:
    """Makes values of a model be those of a band: in its range, whole numbers if it has integers."""

    def __init__(self, band: Band, model: Model) -> None:
        self._model = model
        self._type = np.float32 if band.data_type in NARROW else np.float64
        self._is_whole = "int" in band.data_type
        self._nodata = None if band.nodata is None else float(band.nodata)
        low, high = range_of(band)
        if self._is_whole:
            limits = np.iinfo(band.data_type)
            low, high = max(low, float(limits.min)), min(high, float(limits.max))
            if math.ceil(low) <= math.floor(high):
                low, high = float(math.ceil(low)), float(math.floor(high))
            if self._nodata in (low, high) and low < high:
                low, high = (low + 1, high) if self._nodata == low else (low, high - 1)
        self._limits: tuple[np.floating, np.floating] | None = None
        if not band.classes:
            self._limits = self._type(low), self._type(high)
            if low < high:
                self._limits = _within(low, 1, self._type), _within(high, -1, self._type)

    def painted(self, scenery: Scenery) -> NDArray[np.floating]:
        """Return the values of the pixels of a scenery."""
        values: NDArray[np.floating] = self._model(scenery).astype(self._type, copy=False)
        if self._is_whole:
            np.rint(values, out=values)
        if self._limits is not None:
            np.clip(values, *self._limits, out=values)
            if self._nodata is not None and self._limits[0] < self._nodata < self._limits[1]:
                values[values == self._nodata] += 1
        return values


def _within(limit: float, inwards: int, kind: type[np.floating]) -> np.floating:
    """Return a limit as a type has it, rounded inwards."""
    found = kind(limit)
    if float(found) * inwards < limit * inwards:
        found = np.nextafter(found, kind(inwards * math.inf))
    return found
