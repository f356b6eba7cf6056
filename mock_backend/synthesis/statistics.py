"""What values are on the whole."""

import math
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.cubes import DataCube
from mock_backend.synthesis.values import Values

# So many values are looked at at once.
_CHUNK = 2**20
# The last digits of sums depend on the order that a machine adds in.
_DIGITS = 9
# Statistics of a band are those of so many values at most, and of so many planes of many.
_MOST, _PLANES = 2**22, 200


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


def band_statistics(cube: DataCube, seed: int) -> tuple[dict[str, float], ...]:
    """Return the statistics of each band of a data cube, in the order of its bands.

    Those of many values are of pixels that are spread over them, as in an overview.

    Args:
        cube: The data cube.
        seed: What decides the values.
    """
    bands, values = cube.of_kind("bands"), Values(cube, seed)
    if cube.grid is None or cube.count <= _MOST * len(cube.bands):
        array = values.array()
        if bands is None:
            return (statistics_of(array, cube.nodata),)
        names = [each.name for each in cube.dimensions]
        return tuple(
            statistics_of(each, cube.nodata) for each in np.moveaxis(array, names.index(bands.name), 0)
        )
    others = [each for each in cube.dimensions if each.labels is not None and each is not bands]
    places = list(product(*(range(cube.sizes[each.name]) for each in others)))
    # Not all dates if there are many: two hundred of them are like all.
    places = places[:: -(-len(places) // _PLANES)]
    step = math.ceil(math.sqrt(cube.grid.pixels * len(places) / _MOST))
    # The distance for which pixels are computed with the least effort.
    step = -(-step // 8) * 8
    top, left = values.cheapest(step)
    rows, columns = np.arange(top, cube.grid.rows, step), np.arange(left, cube.grid.columns, step)
    found = []
    for band in range(len(cube.bands)):
        of_band = {} if bands is None else {bands.name: band}
        planes = [
            values.sampled(
                of_band | {each.name: at for each, at in zip(others, place, strict=True)},
                rows if rows.size else np.arange(1),
                columns if columns.size else np.arange(1),
            )
            for place in places
        ]
        found.append(statistics_of(np.stack(planes), cube.nodata))
    return tuple(found)


def _chunks(array: NDArray[Any]) -> list[NDArray[Any]]:
    flat = array.reshape(-1)
    return [flat[first : first + _CHUNK] for first in range(0, len(flat), _CHUNK)]


def _valid(chunk: NDArray[Any], nodata: float | None) -> NDArray[Any]:
    if chunk.dtype.kind == "f":
        chunk = chunk[np.isfinite(chunk)]
    return chunk if nodata is None or math.isnan(nodata) else chunk[chunk != nodata]


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
