"""Sensor: the facts of a collection that decide how its bands show the landscape, and its colours."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache, partial
from itertools import pairwise

from mock_backend.catalog import Band, Described
from mock_backend.dataclass import dataclass

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
    found = (center_of(name, each.center) for name in names for each in bands if each.common_name == name)
    return next(found, None)


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


# Wavelength in micrometres; reflectance of bare soil, of plants, of water.
_CURVES = (
    (0.40, 0.060, 0.030, 0.070),
    (0.443, 0.070, 0.032, 0.068),
    (0.49, 0.085, 0.036, 0.062),
    (0.56, 0.120, 0.078, 0.052),
    (0.665, 0.165, 0.038, 0.030),
    (0.705, 0.190, 0.120, 0.024),
    (0.74, 0.210, 0.300, 0.020),
    (0.783, 0.225, 0.400, 0.018),
    (0.842, 0.245, 0.450, 0.015),
    (0.945, 0.275, 0.450, 0.010),
    (1.02, 0.290, 0.440, 0.010),
    (1.30, 0.330, 0.380, 0.006),
    # What the water in the air leaves over.
    (1.36, 0.010, 0.010, 0.004),
    (1.39, 0.010, 0.010, 0.004),
    (1.45, 0.330, 0.230, 0.005),
    (1.61, 0.370, 0.250, 0.006),
    (1.80, 0.340, 0.150, 0.005),
    (2.20, 0.330, 0.120, 0.004),
    (3.00, 0.200, 0.060, 0.003),
)

# Wavelength in micrometres; reflectance of clouds and of snow.
_BRIGHT = (
    (0.40, 0.74, 0.86),
    (0.90, 0.72, 0.76),
    (1.02, 0.70, 0.62),
    (1.24, 0.66, 0.40),
    (1.36, 0.42, 0.30),
    (1.39, 0.42, 0.30),
    (1.45, 0.50, 0.08),
    (1.61, 0.52, 0.09),
    (2.20, 0.40, 0.06),
    (3.00, 0.30, 0.04),
)

#: Wavelengths of the bands of each STAC common name, in micrometres.
_CENTERS = {
    "pan": 0.6,
    "coastal": 0.443,
    "blue": 0.49,
    "green": 0.56,
    "green05": 0.53,
    "yellow": 0.6,
    "red": 0.665,
    "rededge": 0.74,
    "rededge071": 0.705,
    "rededge075": 0.74,
    "rededge078": 0.783,
    "nir": 0.842,
    "nir08": 0.865,
    "nir09": 0.945,
    "cirrus": 1.375,
    "swir12": 1.24,
    "swir16": 1.61,
    "swir22": 2.2,
}


def center_of(common_name: str | None, center: float | None) -> float | None:
    """Return the wavelength of a band of reflected light in micrometres; None if it is no such band.

    Args:
        center: Its centre wavelength, if that is known.
    """
    wavelength = center if center is not None else _CENTERS.get(common_name or "")
    return wavelength if wavelength is not None and 0.3 <= wavelength <= _CURVES[-1][0] else None


@lru_cache(maxsize=512)
def _between(curves: Sequence[tuple[float, ...]], wavelength: float) -> tuple[float, ...]:
    """Return the values of curves at a wavelength: those of the ends beyond them."""
    if wavelength <= curves[0][0]:
        return curves[0][1:]
    for (start, *before), (end, *after) in pairwise(curves):
        if wavelength <= end:
            share = (wavelength - start) / (end - start)
            return tuple(round(a + (b - a) * share, 6) for a, b in zip(before, after, strict=True))
    return curves[-1][1:]


#: Returns what soil, plants and water reflect of a wavelength in micrometres, from 0 to 1.
reflectance = partial(_between, _CURVES)
#: Returns what clouds and snow reflect of it.
brightness = partial(_between, _BRIGHT)
