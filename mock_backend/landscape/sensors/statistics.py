"""Statistics of values."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The number of values that are looked at at once.
_CHUNK = 2**20
# The last digits of sums depend on the order that a machine adds in.
_DIGITS = 9


def statistics_of(array: NDArray[Any], nodata: float | None) -> dict[str, float]:
    """Return the statistics of some values as STAC has them.

    Args:
        nodata: The value that says that there is none; NaN never counts as one.

    Returns:
        ``minimum``, ``maximum``, ``mean`` and ``stddev`` if there are any values and they are finite,
        ``valid_percent`` always.
    """
    flat = array.reshape(-1)
    chunks = [flat[first : first + _CHUNK] for first in range(0, len(flat), _CHUNK)]
    lowest, highest, total, squares, count = math.inf, -math.inf, 0.0, 0.0, 0
    with np.errstate(over="ignore"):
        for valid in (_valid(chunk, nodata) for chunk in chunks):
            if len(valid):
                lowest, highest = min(lowest, float(valid.min())), max(highest, float(valid.max()))
                total += float(valid.sum(dtype=np.float64))
                count += len(valid)
        share = {"valid_percent": _rounded(100 * count / array.size) if array.size else 0.0}
        if not count:
            return share
        mean = total / count
        for valid in (_valid(chunk, nodata) for chunk in chunks):
            squares += float(np.square(np.subtract(valid, mean, dtype=np.float64)).sum())
    found = {
        "minimum": lowest,
        "maximum": highest,
        "mean": _rounded(mean),
        "stddev": _rounded(math.sqrt(squares / count)),
    }
    return {name: value for name, value in found.items() if math.isfinite(value)} | share


def _valid(chunk: NDArray[Any], nodata: float | None) -> NDArray[Any]:
    if chunk.dtype.kind == "f":
        chunk = chunk[np.isfinite(chunk)]
    return chunk if nodata is None or math.isnan(nodata) else chunk[chunk != nodata]


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
