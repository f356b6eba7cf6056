"""Objects of xarray and NumPy as arrays with named dimensions. Whoever has one has imported the library."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.given_data.data import GivenDataError, GivenVariable, Told, Variables

#: Attributes of a variable that xarray moves elsewhere when it opens a file.
_ENCODED = ("_FillValue", "missing_value", "grid_mapping")
_PIXELS = ("y", "x")


def xarray_variables(given: Any) -> Variables:
    """Return the arrays of an ``xarray.DataArray`` or ``xarray.Dataset``."""
    is_set = hasattr(given, "data_vars")
    arrays = given.data_vars if is_set else {given.name or "": given}
    mappings = {
        name: each for name, each in arrays.items() if not each.dims and "grid_mapping_name" in each.attrs
    }
    described = {**given.coords, **mappings}
    return Variables(
        {str(name): _variable(each) for name, each in arrays.items() if name not in described},
        {str(name): _variable(each) for name, each in described.items()},
        dict(given.attrs),
        is_set=is_set,
    )


def _variable(array: Any) -> GivenVariable:
    encoding = array.encoding
    attributes = {name: encoding[name] for name in _ENCODED if name in encoding} | dict(array.attrs)
    stored = encoding.get("dtype")
    # Scaled values are not what a file holds.
    scaled = encoding.get("scale_factor", 1) != 1 or encoding.get("add_offset", 0) != 0
    kind = None if stored is None or scaled else np.dtype(stored)
    if scaled:
        # What stands for no data in the file is a value like any other here.
        attributes = {name: value for name, value in attributes.items() if name not in _ENCODED[:2]}
    values = np.asarray(array.values)
    return GivenVariable(
        tuple(map(str, array.dims)),
        values,
        attributes,
        kind.name if kind is not None and kind.kind in "iu" else None,
    )


def named_array(array: NDArray[Any], told: Told) -> Variables:
    """Return an array with named dimensions: bands and dates, rows from the north, columns from the west."""
    dims = tuple(told.dims) if told.dims is not None else _dims_of(array, told)
    if len(dims) != array.ndim:
        raise GivenDataError(
            f"dims names each dimension of the array: it has {array.ndim}, of the sizes {array.shape}, and "
            f"dims names {dims}."
        )
    return Variables({"": GivenVariable(dims, np.asarray(array))})


def _dims_of(array: NDArray[Any], told: Told) -> tuple[str, ...]:
    if array.ndim == 4:
        return ("t", "bands", *_PIXELS)
    if array.ndim == 3:
        first = len(array)
        dated = told.dates is not None and len(told.dates) == first
        banded = told.bands is not None and len(told.bands) == first
        if dated and not banded:
            return ("t", *_PIXELS)
        if banded and (not dated or first == 1):
            return ("bands", *_PIXELS)
        if told.dates is None and told.bands is None:
            return ("bands", *_PIXELS)
    if array.ndim == 2:
        return _PIXELS
    raise GivenDataError(
        f"Name the dimensions of an array of the shape {array.shape}, e.g. dims=('t', 'bands', 'y', 'x')."
    )
