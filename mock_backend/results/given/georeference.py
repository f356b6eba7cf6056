"""Positions of the pixels of xarray's objects."""

from typing import Any

from mock_backend.engine.cubes import Grid
from mock_backend.errors import Internal

# The dimension of what were variables: a name that no data set has.
_VARIABLES = "variables of the data set"


def axes_of(cube: Any) -> tuple[Any, Any]:
    """Return the names of the dimensions from west to east and from north to south; None if there is none."""
    from mock_backend.engine.given_data.axes import roles_of  # with NumPy, as whoever has xarray has it
    from mock_backend.engine.given_data.labelled import xarray_variables

    roles = roles_of([str(each) for each in cube.dims], xarray_variables(cube).coordinates)
    return roles.get("x"), roles.get("y")


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


def grid_of_xarray(cube: Any) -> Grid | None:
    """Return where the pixels of an object are; None if it does not say that.

    Raises:
        Internal: If it names a coordinate system that there is not.
    """
    from mock_backend.engine.given_data.data import GivenDataError
    from mock_backend.engine.given_data.files import georeference
    from mock_backend.engine.given_data.labelled import xarray_variables
    from mock_backend.engine.given_data.variables import Told

    x, y = axes_of(cube)
    if x is None or y is None:
        return None
    variables = xarray_variables(cube)
    try:
        georeference.crs_of(variables)
    except GivenDataError as error:
        raise Internal(f"The xarray object that set_result() was given has an unknown crs: {error}") from None
    try:
        return georeference.grid_of_variables(variables, x, y, (cube.sizes[y], cube.sizes[x]), Told())
    except GivenDataError:
        return None
