"""What values are on the whole."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# So many values are looked at at once.
_CHUNK = 2**20
# The last digits of sums depend on the order that a machine adds in.
_DIGITS = 9


def statistics_of(array: NDArray[Any], nodata: float | None) -> dict[str, float]:
    """Return the statistics of some values as STAC has them.

    Args:
        array: The values.
        nodata: The value that says that there is none; NaN never counts as one.

    Returns:
        ``minimum``, ``maximum``, ``mean`` and ``stddev`` if there are any values, ``valid_percent`` always.
    """
    chunks = [_valid(chunk, nodata) for chunk in _chunks(array)]
    count = sum(map(len, chunks))
    share = {"valid_percent": _rounded(100 * count / array.size) if array.size else 0.0}
    if not count:
        return share
    chunks = [chunk for chunk in chunks if len(chunk)]
    mean = math.fsum(float(chunk.sum(dtype=np.float64)) for chunk in chunks) / count
    spread = math.fsum(float(np.square(chunk - mean, dtype=np.float64).sum()) for chunk in chunks) / count
    return {
        "minimum": float(min(chunk.min() for chunk in chunks)),
        "maximum": float(max(chunk.max() for chunk in chunks)),
        "mean": _rounded(mean),
        "stddev": _rounded(math.sqrt(spread)),
        **share,
    }


def _chunks(array: NDArray[Any]) -> list[NDArray[Any]]:
    flat = array.reshape(-1)
    return [flat[first : first + _CHUNK] for first in range(0, len(flat), _CHUNK)]


def _valid(chunk: NDArray[Any], nodata: float | None) -> NDArray[Any]:
    if chunk.dtype.kind == "f":
        chunk = chunk[np.isfinite(chunk)]
    return chunk if nodata is None or math.isnan(nodata) else chunk[chunk != nodata]


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
