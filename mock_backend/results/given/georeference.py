"""Where the pixels of xarray's objects are."""

from typing import TYPE_CHECKING, Any

from mock_backend.cubes import Grid, UnknownCrsError
from mock_backend.cubes.projection import DEGREES, crs_name
from mock_backend.errors import Internal

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The dimension of what were variables: none that anybody has.
_VARIABLES = "variables of the data set"

_X, _Y = ("x", "lon", "longitude", "easting"), ("y", "lat", "latitude", "northing")
_IN_DEGREES = ("lon", "longitude", "lat", "latitude")
# What tells of the coordinate system, by CF and as rioxarray, GDAL and we write it.
_MAPPINGS = ("spatial_ref", "crs")
_ATTRIBUTES = ("crs_wkt", "spatial_ref", "epsg_code", "crs", "proj:code", "proj:epsg")

# Coordinates of single precision miss even spaces by less than this part of one.
_TOLERANCE = 1e-2


def axes_of(cube: Any) -> tuple[Any, Any]:
    """Return the names of the dimensions from west to east and from north to south; None if there is none."""
    names = {str(each).lower(): each for each in cube.dims}
    x = next((names[each] for each in _X if each in names), None)
    y = next((names[each] for each in _Y if each in names), None)
    return x, y


def with_pixels(cube: Any) -> Any:
    """Return all variables that have pixels as a ``DataArray``; those of a ``Dataset`` become its bands."""
    if not hasattr(cube, "data_vars"):
        return cube
    axes = set(axes_of(cube))
    names = [name for name, variable in cube.data_vars.items() if axes <= set(variable.dims)]
    if not names:
        raise Internal("The xarray.Dataset that set_result() was given has no variable with pixels.")
    first = cube[names[0]]
    if len(names) == 1:
        return first
    stacked = cube[names].to_array(_VARIABLES)
    stacked.attrs, stacked.encoding = dict(first.attrs), dict(first.encoding)
    return stacked


def grid_of(cube: Any) -> Grid | None:
    """Return where the pixels of an object are; None if it does not say that.

    Raises:
        Internal: If it names a coordinate system that there is not.
    """
    x, y = axes_of(cube)
    if x is None or y is None or x not in cube.coords or y not in cube.coords:
        return None
    mapping = _mapping(cube)
    crs = _crs(cube, mapping)
    if crs is None and {str(x).lower(), str(y).lower()} <= set(_IN_DEGREES):
        crs = DEGREES
    if crs is None:
        return None
    xs, ys = cube.coords[x].values, cube.coords[y].values
    x_size, y_size = _spacing(xs), _spacing(ys)
    if x_size == 0 or y_size == 0:
        # A single column or row does not tell its width: it is square, or what GDAL has noted of it.
        noted = str(mapping.get("GeoTransform", "")).split()
        told = [abs(float(each)) for each in (noted[1], noted[5])] if len(noted) == 6 else [0.0, 0.0]
        x_size, y_size = x_size or told[0] or y_size or 0, y_size or told[1] or x_size or 0
    if not x_size or not y_size:
        return None
    west, north = float(xs.min()) - x_size / 2, float(ys.max()) + y_size / 2
    return Grid(crs, round(west, 9), round(north, 9), x_size, y_size, len(xs), len(ys))


def _spacing(values: "NDArray[Any]") -> float | None:
    """Return how far coordinates are from each other; 0 if there is just one, None if not evenly far."""
    import numpy as np  # whoever has xarray has it

    if values.ndim != 1 or values.dtype.kind not in "iuf" or not len(values):
        return None
    if len(values) == 1:
        return 0
    steps = np.diff(values.astype(float))
    mean = (float(values[-1]) - float(values[0])) / (len(values) - 1)
    if not mean or not np.all(np.abs(steps - mean) <= abs(mean) * _TOLERANCE):
        return None
    return round(abs(mean), 12)


def _mapping(cube: Any) -> dict[str, Any]:
    """Return the attributes of the variable that tells of the coordinate system."""
    variables = getattr(cube, "variables", cube.coords)
    told = (
        place.get("grid_mapping") for each in _with_variables(cube) for place in (each.attrs, each.encoding)
    )
    for name in (*told, *_MAPPINGS):
        if name is not None and name in variables and name not in cube.dims:
            return dict(variables[name].attrs)
    return {}


def _with_variables(cube: Any) -> list[Any]:
    """Return an object and what is in it: each may have attributes."""
    return [cube, *getattr(cube, "data_vars", {}).values()]


def _crs(cube: Any, mapping: dict[str, Any]) -> str | None:
    for place in (mapping, *(each.attrs for each in _with_variables(cube))):
        for name in _ATTRIBUTES:
            told = place.get(name)
            if told is None or told == "":
                continue
            try:
                return crs_name(told.to_wkt() if hasattr(told, "to_wkt") else told)
            except UnknownCrsError as error:
                raise Internal(
                    f"The xarray object that set_result() was given has an unknown {name}: {error}"
                ) from None
    return None
