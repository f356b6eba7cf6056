"""Sensor: the facts of a collection that decide how its bands show the landscape."""

import re
from collections.abc import Sequence
from datetime import timedelta

from mock_backend.catalog import Band, Described
from mock_backend.dataclass import dataclass
from mock_backend.landscape.sensors.spectra import center_of

_INFRARED = 3.0
# Data that are rarer are composites without clouds, unless items tell their cloud cover.
_COMPOSITE = timedelta(days=9)
_RED, _NEAR = 0.665, 0.842
_REDS, _NEARS = ("red",), ("nir", "nir08")


@dataclass(frozen=True)
class Sensor:
    """Relation of the bands of a collection to the landscape."""

    sees_clouds: bool = True  #: True if clouds hide the ground
    red: float = _RED  #: The wavelength of red that indices are made of, in micrometres
    near: float = _NEAR  #: The same of near infrared
    #: True if it has these bands, so that indices are what their values make, clouds included. Those of
    #: collections without have no data where clouds are.
    has_reflectance: bool = True
    is_hourly: bool = False  #: True if there are several instants a day, each with its own weather

    @classmethod
    def of(cls, collection: Described) -> "Sensor":
        """Return the facts of a collection."""
        revisit = collection.coverage.revisit
        names = {each.name for each in collection.item_summaries}
        bands = collection.bands
        tells_cover = "eo:cloud_cover" in names
        is_rare = revisit is None or revisit >= _COMPOSITE
        red, near = _wavelength(bands, _REDS), _wavelength(bands, _NEARS)
        return cls(
            sees_clouds=tells_cover or (not is_rare and any(map(_is_optical, bands))),
            red=red or _RED,
            near=near or _NEAR,
            has_reflectance=red is not None and near is not None,
            is_hourly=revisit is not None and revisit < timedelta(days=1),
        )


#: The sensor of what no collection tells of.
UNKNOWN = Sensor(sees_clouds=False)


def _is_optical(band: Band) -> bool:
    wavelength = center_of(band.common_name, band.center)
    is_index = re.search(r"ndvi|evi|lai|fapar", band.name, re.I) is not None
    return is_index or (wavelength is not None and wavelength < _INFRARED)


def _wavelength(bands: Sequence[Band], names: tuple[str, ...]) -> float | None:
    """Return the wavelength of the first band with one of some common names."""
    for name in names:
        for band in bands:
            if band.common_name == name:
                return center_of(name, band.center)
    return None


# A wider range means nothing: only the part around 0 is used.
_WIDEST = 1e9


def range_of(band: Band) -> tuple[float, float]:
    """Return the smallest and the largest value of a band; from 0 to 1 if it does not say."""
    low = 0.0 if band.minimum is None else float(band.minimum)
    high = low + 1 if band.maximum is None else float(band.maximum)
    low, high = min(low, high), max(low, high)
    if high - low > _WIDEST and low < 1 and high > -1 and band.data_type.startswith("float"):
        return max(low, -1.0), min(high, 1.0)
    return low, high
