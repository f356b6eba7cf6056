"""Coordinate systems: which there are, and boxes in another one."""

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Transformer

    Coordinates = NDArray[np.float64]

#: West, south, east and north.
Box = tuple[float, float, float, float]

DEGREES = "EPSG:4326"
#: Coordinates beyond this are none in any coordinate system; products of larger ones leave floating points.
FARTHEST = 1e9

# The steps from west to east that are looked at, none of which is half of the Earth; and how many degrees of
# a whole turn may be missing.
_AROUND, _TINY = 12, 1e-6
# A straight edge is a curve in another coordinate system; this many points of it are looked at.
_DENSIFIED = 21


class UnknownCrsError(ValueError):
    """The name is not one of a coordinate system."""


def crs_name(crs: Any) -> str:
    """Return the name of a coordinate system: ``EPSG:`` and its number, or its WKT if it has none.

    Args:
        crs: An EPSG number, a text like ``EPSG:32632``, WKT, a PROJ text or PROJJSON; None for degrees.

    Raises:
        UnknownCrsError: If there is no such coordinate system.
    """
    if crs is None:
        return DEGREES
    if isinstance(crs, str) and crs.strip().isdecimal():
        crs = int(crs)
    if isinstance(crs, dict):
        return _named_object(crs)
    if not isinstance(crs, str | int) or isinstance(crs, bool):
        raise UnknownCrsError(f"a coordinate system must be an EPSG number or a text, got {crs!r}.")
    return _named(crs)


def epsg_of(crs: str) -> int | None:
    """Return the EPSG number in the name of a coordinate system, None if it has none."""
    authority, _, number = crs.partition(":")
    return int(number) if authority == "EPSG" and number.isdecimal() else None


@lru_cache(maxsize=256)
def is_geographic(crs: str) -> bool:
    """Tell whether a coordinate system is in degrees."""
    if crs == DEGREES:
        return True
    from pyproj import CRS

    return bool(CRS.from_user_input(crs).is_geographic)


@lru_cache(maxsize=256)
def area_of_use(crs: str) -> Box | None:
    """Return the area of use of a coordinate system in degrees; None if it is unknown."""
    from pyproj import CRS

    area = CRS.from_user_input(crs).area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def bounds_in(bounds: Box, source: str, target: str) -> Box:
    """Return the box around a box in another coordinate system.

    Args:
        bounds: West, south, east and north.
        source: Their coordinate system, as ``crs_name`` writes it.

    Raises:
        UnknownCrsError: If the box is outside of where one of them is defined.
    """
    if source == target:
        return bounds
    from pyproj.exceptions import ProjError

    try:
        found = transformer(source, target).transform_bounds(*bounds, densify_pts=_DENSIFIED)
    except ProjError as error:
        raise UnknownCrsError(f"{bounds} cannot be projected from {source} to {target}: {error}") from None
    if not all(map(math.isfinite, found)):
        raise UnknownCrsError(f"{bounds} is outside of where {source} or {target} is defined.")
    west, south, east, north = (round(side, 9) + 0.0 for side in found)
    if target == DEGREES and _goes_round(bounds, source):
        return -180.0, south, 180.0, north
    return west, south, east, north


def _goes_round(bounds: Box, source: str) -> bool:
    """Tell whether a box goes round the Earth, perhaps further, which PROJ takes for the part beyond."""
    west, south, east, north = bounds
    xs = [west + (east - west) * step / _AROUND for step in range(_AROUND + 1)]
    longitudes, _ = transformer(source, DEGREES).transform(xs, [(south + north) / 2] * len(xs))
    turns = sum((after - before + 180) % 360 - 180 for before, after in pairwise(longitudes))
    return bool(turns > 360 - _TINY)


def utm_zone(longitude: float, latitude: float) -> str:
    """Return the UTM zone of a place, e.g. ``EPSG:32632``; the exceptions around Norway included."""
    zone = int((longitude + 180) % 360 // 6) + 1
    if 56 <= latitude < 64 and 3 <= longitude < 12:
        zone = 32
    elif 72 <= latitude < 84 and 0 <= longitude < 42:
        zone = 31 if longitude < 9 else 33 if longitude < 21 else 35 if longitude < 33 else 37
    return f"EPSG:{32600 + zone if latitude >= 0 else 32700 + zone}"


def transformed(
    source: str, target: str, xs: "Coordinates", ys: "Coordinates"
) -> "tuple[Coordinates, Coordinates]":
    """Return coordinates in another coordinate system.

    Args:
        source: The coordinate system they are in.
        xs: Eastings or longitudes, an array of any shape.
        ys: Northings or latitudes, of the same shape.
    """
    change = transformer(source, target)
    if xs.size == 1:
        # pyproj takes an array of one for a number, which NumPy warns of.
        x, y = change.transform(xs.item(), ys.item())
        found_xs, found_ys = xs.copy(), ys.copy()
        found_xs.fill(x)
        found_ys.fill(y)
        return found_xs, found_ys
    found: tuple[Coordinates, Coordinates] = change.transform(xs, ys)
    return found


@lru_cache(maxsize=256)
def transformer(source: str, target: str) -> "Transformer":
    """Return what transforms coordinates, x (or longitude) first."""
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=256)
def _named(crs: str | int) -> str:
    from pyproj import CRS  # heavy, and only needed for results

    try:
        return _name(CRS.from_user_input(crs))
    except Exception as error:  # PROJ has more kinds of refusal than its base class
        raise UnknownCrsError(f"Unknown coordinate system {crs!r}: {error}") from None


def _named_object(crs: dict[str, Any]) -> str:
    from pyproj import CRS

    try:
        return _name(CRS.from_json_dict(crs))
    except Exception as error:  # as above
        raise UnknownCrsError(f"this is not PROJJSON of a coordinate system: {error}") from None


def _name(crs: Any) -> str:
    epsg = crs.to_epsg()
    return f"EPSG:{epsg}" if epsg is not None else str(crs.to_wkt())
