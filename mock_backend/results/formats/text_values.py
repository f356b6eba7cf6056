"""Values as texts have them: short decimals, and nothing where there are no data."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def are_no_data(array: "NDArray[Any]", nodata: float | None) -> "NDArray[np.bool_]":
    """Tell which values say that there are no data.

    Args:
        nodata: The value that says so; NaN does in any case.
    """
    import numpy as np  # heavy, and only needed where there are values

    if array.dtype.kind == "f":
        found: NDArray[np.bool_] = np.isnan(array)
        return found if nodata is None or math.isnan(nodata) else found | (array == nodata)
    if nodata is None:
        return np.zeros(array.shape, dtype=bool)
    return np.asarray(array == nodata)


def decimal(array: "NDArray[Any]") -> "NDArray[Any]":
    """Return values such that their decimals are short: 0.1, not 0.10000000149011612.

    What is narrower than Python's numbers would otherwise show more digits than it has.
    """
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        return array.astype("S").astype("float64")
    return array


def with_none(array: "NDArray[Any]", nodata: float | None) -> Any:
    """Return values as (nested lists of) Python numbers, None where there are no data."""
    values = decimal(array).astype(object)
    values[are_no_data(array, nodata)] = None
    return values.tolist()


def column_texts(array: "NDArray[Any]", nodata: float | None, empty: str) -> list[str]:
    """Return values in one dimension as texts, an empty one where there are no data.

    Args:
        nodata: The value that says that there is none; NaN does in any case.
        empty: The text where there are no data.
    """
    import numpy as np  # heavy, and only needed where there are values

    # Few values of a series are unlike all others. Zero is added to have no negative one.
    distinct, places = np.unique(array + array.dtype.type(0), return_inverse=True)
    found = distinct.astype("U").astype(object)
    found[are_no_data(distinct, nodata)] = empty
    listed: list[str] = found[places].tolist()
    return listed
