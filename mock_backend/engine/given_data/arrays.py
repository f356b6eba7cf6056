"""Arrays of NumPy: what their dimensions are follows from what is told of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.given_data.data import GivenDataError
from mock_backend.engine.given_data.variables import GivenVariable, Told, Variables

_PIXELS = ("y", "x")


def named_array(array: NDArray[Any], told: Told) -> Variables:
    """Return an array with named dimensions.

    Args:
        array: Rows from the north and columns from the west, behind dates and bands if there are any.

    Raises:
        GivenDataError: If it does not follow which of its dimensions is what.
    """
    dims = tuple(told.dims) if told.dims is not None else _dims(array, told)
    if len(dims) != array.ndim:
        raise GivenDataError(
            f"dims names each dimension of the array: it has {array.ndim}, of the sizes {array.shape}, and "
            f"dims names {dims}."
        )
    return Variables({"": GivenVariable(dims, np.asarray(array))})


def _dims(array: NDArray[Any], told: Told) -> tuple[str, ...]:
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
