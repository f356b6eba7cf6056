"""Dimensions of arrays: what each is for (space, time, bands, something else), and where their pixels are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.cubes import Grid, UnknownCrsError
from mock_backend.engine.cubes.projection import DEGREES, crs_name
from mock_backend.engine.given_data.data import GivenDataError, GivenVariable, Told, Variables, as_number

# What tells of the coordinate system, by CF and as rioxarray, GDAL and we write it.
_MAPPINGS = ("spatial_ref", "crs")
_ATTRIBUTES = ("crs_wkt", "spatial_ref", "epsg_code", "crs", "proj:code", "proj:epsg")

# Coordinates of single precision miss even spaces by less than this part of one.
_TOLERANCE = 1e-2


def grid_of_variables(variables: Variables, x: str, y: str, shape: tuple[int, int], told: Told) -> Grid:
    """Return where the pixels of arrays are, from the north-west whatever the order of the coordinates.

    Args:
        x: The name of the dimension from west to east.
        y: The name of the dimension from north to south.
        shape: The number of rows and columns.
    """
    if not all(shape):
        raise GivenDataError(f"The data have no pixels: there are {shape[0]} rows of {shape[1]} each.")
    if told.bbox is not None:
        return _around(told.bbox, told_crs(told.crs) or crs_of(variables), shape)
    if variables.grid is not None:
        crs = told_crs(told.crs)
        return variables.grid if crs is None else replace(variables.grid, crs=crs)
    missing = [each for each in (x, y) if each not in variables.coordinates]
    if missing:
        raise GivenDataError(
            f"The data do not say where their pixels are: the dimension {missing[0]!r} has no coordinates. "
            "Give some, or bbox=(west, south, east, north) and crs='EPSG:…'."
        )
    xs, ys = (variables.coordinates[each] for each in (x, y))
    crs = told_crs(told.crs) or crs_of(variables)
    if crs is None:
        crs = _degrees(x, y, xs, ys)
    x_size, y_size = spacing(xs.values, x), spacing(ys.values, y)
    if not x_size or not y_size:
        # A single column or row does not tell its width: it is square, or what GDAL has noted of it.
        noted = transform_of(variables)
        x_size, y_size = x_size or noted[0] or y_size, y_size or noted[1] or x_size
    if not x_size or not y_size:
        raise GivenDataError(
            "A single pixel does not tell its size: give bbox=(west, south, east, north), or more pixels."
        )
    edges = float(xs.values.min()) - x_size / 2, float(ys.values.max()) + y_size / 2
    west, north = (round(each, 9) + 0.0 for each in edges)
    return Grid(crs, west, north, x_size, y_size, shape[1], shape[0])


def spacing(values: NDArray[Any], name: str) -> float:
    """Return how far coordinates are from each other; 0 if there is just one."""
    if values.ndim != 1 or values.dtype.kind not in "iuf" or not len(values):
        raise GivenDataError(f"The coordinates of {name!r} must be numbers, one each, got {values.dtype}.")
    if len(values) == 1:
        return 0.0
    numbers = values.astype("float64")
    steps = np.diff(numbers)
    mean, usual = float(numbers[-1] - numbers[0]) / len(steps), float(np.median(steps))
    away = np.abs(steps - usual)
    if not np.isfinite(mean) or not usual or bool((away > abs(usual) * _TOLERANCE).any()):
        place = int(np.argmax(away))
        raise GivenDataError(
            f"The coordinates of {name!r} must be evenly spaced; from {numbers[place]} to "
            f"{numbers[place + 1]} it is {steps[place]:g}, elsewhere {usual:g}. Resample the data to a "
            "regular grid first."
        )
    return round(abs(mean), 12)


def crs_of(variables: Variables) -> str | None:
    """Return the coordinate system that arrays tell of; None if they do not."""
    if variables.grid is not None:
        return variables.grid.crs
    for place in _places(variables):
        for name in _ATTRIBUTES:
            if (found := place.get(name)) is not None and not (isinstance(found, str) and not found):
                return told_crs(found)
    return None


def told_crs(crs: Any) -> str | None:
    """Return the name of a coordinate system, None for None."""
    if crs is None:
        return None
    if hasattr(crs, "to_wkt"):
        crs = crs.to_wkt()
    if isinstance(crs, np.generic):
        crs = crs.item()
    try:
        return crs_name(crs)
    except UnknownCrsError as error:
        raise GivenDataError(f"The coordinate system of the data is unknown: {error}") from None


def transform_of(variables: Variables) -> tuple[float, float]:
    """Return the width and the height of pixels as GDAL notes them, 0 for what is not noted."""
    for place in _places(variables):
        noted = str(place.get("GeoTransform", "")).split()
        sizes = [as_number(each) for each in (noted[1], noted[5])] if len(noted) == 6 else []
        if len(sizes) == 2 and all(sizes):
            return abs(sizes[0] or 0.0), abs(sizes[1] or 0.0)
    return 0.0, 0.0


def _places(variables: Variables) -> Iterator[Mapping[str, Any]]:
    """Yield attributes that may tell of the coordinate system, the most particular ones first."""
    dimensions = {each for variable in variables.data.values() for each in variable.dimensions}
    named = (variable.attributes.get("grid_mapping") for variable in variables.data.values())
    for name in (*named, *_MAPPINGS):
        if name in variables.coordinates and name not in dimensions:
            yield variables.coordinates[str(name)].attributes
    for variable in variables.data.values():
        yield variable.attributes
    yield variables.attributes


def _around(bbox: Sequence[float], crs: str | None, shape: tuple[int, int]) -> Grid:
    sides = [as_number(each) for each in bbox] if len(bbox) == 4 else []
    if len(sides) != 4 or None in sides or not (sides[0] < sides[2] and sides[1] < sides[3]):  # type: ignore[operator]  # None was excluded
        raise GivenDataError(
            f"bbox must be west, south, east and north of the pixels' outer edges, got {tuple(bbox)}."
        )
    west, south, east, north = (float(each or 0) for each in sides)
    rows, columns = shape
    x_size, y_size = round((east - west) / columns, 12), round((north - south) / rows, 12)
    if crs is None:
        if not (west >= -360 and east <= 360 and south >= -90 and north <= 90):
            raise GivenDataError(
                f"The bbox {tuple(bbox)} is not in degrees; give its coordinate system: crs='EPSG:…'."
            )
        crs = DEGREES
    return Grid(crs, west, north, x_size, y_size, columns, rows)


def _degrees(x: str, y: str, xs: GivenVariable, ys: GivenVariable) -> str:
    """Return the coordinate system of degrees if coordinates are some; refuse any others."""
    if is_in_degrees(x, xs) and is_in_degrees(y, ys):
        return DEGREES
    numbers = all(each.values.dtype.kind in "iuf" and each.values.size for each in (xs, ys))
    if numbers and np.abs(xs.values).max() <= 360 and np.abs(ys.values).max() <= 90:
        return DEGREES
    raise GivenDataError(
        f"The data do not tell their coordinate system, and {x} from {xs.values.min()} to {xs.values.max()} "
        "is not in degrees. Give it: crs='EPSG:…', attrs['crs'] = 'EPSG:…', or rio.write_crs()."
    )


#: Names of dimensions, in lower case, by their purpose.
_NAMES = {
    "x": ("x", "lon", "longitude", "easting"),
    "y": ("y", "lat", "latitude", "northing"),
    "t": ("t", "time", "date", "datetime", "valid_time"),
    "bands": ("bands", "band"),
}
_STANDARD_NAMES = {
    "longitude": "x",
    "projection_x_coordinate": "x",
    "latitude": "y",
    "projection_y_coordinate": "y",
    "time": "t",
}
_AXES = {"X": "x", "Y": "y", "T": "t"}
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names}
#: Names of coordinates in degrees.
_DEGREES = frozenset({"lon", "longitude", "lat", "latitude"})


def roles_of(names: Sequence[str], coordinates: Mapping[str, GivenVariable]) -> dict[str, str]:
    """Return which dimension is for what: names of dimensions by ``x``, ``y``, ``t`` and ``bands``."""
    found: dict[str, str] = {}
    for name in names:
        role = _role(name, coordinates.get(name))
        if role is None:
            continue
        if role in found:
            raise GivenDataError(
                f"The dimensions {found[role]!r} and {name!r} are both for {_TOLD[role]}; rename one of them."
            )
        found[role] = name
    return found


_TOLD = {"x": "west to east", "y": "north to south", "t": "time", "bands": "bands"}


def is_in_degrees(name: str, coordinate: GivenVariable) -> bool:
    """Tell whether a coordinate says that it is in degrees."""
    attributes = coordinate.attributes
    standard_name, units = str(attributes.get("standard_name", "")), str(attributes.get("units", ""))
    return (
        name.lower() in _DEGREES
        or standard_name in ("longitude", "latitude")
        or units.lower().startswith(("degrees_", "degree_"))
    )


def _role(name: str, coordinate: GivenVariable | None) -> str | None:
    if coordinate is not None and coordinate.values.dtype.kind == "M":
        return "t"
    if (role := _BY_NAME.get(name.lower())) is not None:
        return role
    if coordinate is None:
        return None
    attributes = coordinate.attributes
    axis = _AXES.get(str(attributes.get("axis", "")).upper())
    return axis or _STANDARD_NAMES.get(str(attributes.get("standard_name", "")))
