"""Zarr: a variable for each band, by the CF conventions, in a zip file.

It is written by hand. The zarr library runs an event loop in a thread of its own, which needs a socket
and outlives the call; version 2 of the format is some JSON beside compressed chunks.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.arrays.dataset import Dataset, DatasetVariable, dataset_of
from mock_backend.results.formats.base import OneFile, checked_cube

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Maximum number of rows and columns of a chunk, which has one of each other label.
_TILE = 512
_LEVEL = 1
# The first day of zip files: each has a date, and it shall not be that of writing.
_DATE = (1980, 1, 1, 0, 0, 0)

_Json = dict[str, Any]


class ZarrZip(OneFile):
    """Zarr, version 2, with consolidated metadata, in a zip file."""

    name = "Zarr"
    media_type = "application/zip"
    ending = "zarr.zip"

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes:  # noqa: ARG002  # those are about its name
        return zipped(dataset_of(checked_cube(self.name, content)))


def zipped(dataset: Dataset) -> bytes:
    """Return a data set as Zarr in a zip file."""
    metadata: dict[str, _Json] = {".zgroup": {"zarr_format": 2}, ".zattrs": _said(dataset.attributes)}
    for name, variable in dataset.variables.items():
        metadata[f"{name}/.zarray"] = _array(variable)
        metadata[f"{name}/.zattrs"] = {
            **_said(variable.attributes),
            "_ARRAY_DIMENSIONS": list(variable.dimensions),
        }
    buffer = BytesIO()
    # Chunks are compressed already.
    with ZipFile(buffer, "w") as archive:
        whole = {"zarr_consolidated_format": 1, "metadata": metadata}
        for name, entry in {".zmetadata": whole, **metadata}.items():
            archive.writestr(ZipInfo(name, _DATE), json.dumps(entry, ensure_ascii=False, allow_nan=False))
        for name, variable in dataset.variables.items():
            for place, chunk in _chunks(variable.values):
                archive.writestr(ZipInfo(f"{name}/{place}", _DATE), chunk)
    return buffer.getvalue()


def _array(variable: DatasetVariable) -> _Json:
    values = variable.values
    fill: Any = variable.fill
    if fill is not None:
        fill = "NaN" if fill != fill else values.dtype.type(fill).item()  # NaN is what differs from itself
    return {
        "zarr_format": 2,
        "shape": list(values.shape),
        "chunks": _chunk_shape(values.shape),
        "dtype": _little_endian(values).dtype.str,
        "compressor": {"id": "zlib", "level": _LEVEL},
        "fill_value": fill,
        "order": "C",
        "filters": None,
    }


def _chunk_shape(shape: tuple[int, ...]) -> list[int]:
    if len(shape) < 2:
        # No chunk is empty, even where there is nothing to be chunked.
        return [max(size, 1) for size in shape]
    return [*(1 for _ in shape[:-2]), *(max(min(size, _TILE), 1) for size in shape[-2:])]


def _chunks(values: "NDArray[Any]") -> Iterator[tuple[str, bytes]]:
    import numpy as np  # heavy, and only needed where there are values

    values = _little_endian(values)
    chunk = _chunk_shape(values.shape)
    counts = [-(-size // step) for size, step in zip(values.shape, chunk, strict=True)]
    for place in product(*map(range, counts)):
        part = values[tuple(slice(at * step, (at + 1) * step) for at, step in zip(place, chunk, strict=True))]
        if list(part.shape) != chunk:
            # Chunks at the edge are as large as the others.
            part = np.pad(part, [(0, step - size) for size, step in zip(part.shape, chunk, strict=True)])
        yield ".".join(map(str, place)) or "0", zlib.compress(part.tobytes(), _LEVEL)


def _little_endian(values: "NDArray[Any]") -> "NDArray[Any]":
    return values.astype(values.dtype.newbyteorder("<"), copy=False)


def _said(attributes: Mapping[str, Any]) -> _Json:
    """Return attributes as JSON has them: arrays are lists."""
    return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in attributes.items()}


FORMAT = ZarrZip()
