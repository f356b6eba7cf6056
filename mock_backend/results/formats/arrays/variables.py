"""Variables of a data set, written to a netCDF file."""

from collections.abc import Mapping
from io import IOBase
from typing import Any

from mock_backend.results.formats.arrays.dataset import Dataset, DatasetVariable

# Maximum number of rows and columns of a chunk of a compressed variable.
_TILE = 256


def write_dataset(
    target: IOBase, dataset: Dataset, storage: Mapping[str, Any], chunk: tuple[int, ...] = ()
) -> None:
    """Write a netCDF file.

    Args:
        storage: How variables of several dimensions are compressed.
        chunk: The chunks of bands whose values are not written, if there are such: the places of these chunks
            follow from that of the first one.
    """
    import h5netcdf

    # Which versions of HDF5 can read the file; said, so that newer ones write the same bytes.
    oldest = "v110" if chunk else "earliest"
    with h5netcdf.File(target, "w", libver=(oldest, "v110")) as file:
        file.dimensions = dict(dataset.sizes)
        file.attrs.update(dataset.attributes)
        for name, variable in dataset.variables.items():
            stored = (
                {"chunks": chunk, "dcpl": _unwritten()}
                if variable.label is not None
                else _stored(variable, storage)
            )
            _write(file, name, variable, stored)


def _write(file: Any, name: str, variable: DatasetVariable, stored: Mapping[str, Any]) -> None:
    import h5py

    values, dtype = variable.values, variable.values.dtype
    if dtype.kind == "U":
        values, dtype = values.astype(object), h5py.string_dtype()
    created = file.create_variable(
        name,
        variable.dimensions,
        dtype,
        data=values if variable.label is None else None,
        fillvalue=variable.fill,
        track_times=False,
        **stored,
    )
    created.attrs.update(variable.attributes)


def _stored(variable: DatasetVariable, storage: Mapping[str, Any]) -> Mapping[str, Any]:
    values = variable.values
    if not storage or not values.size or values.ndim < 2:
        return {}
    rows, columns = values.shape[-2:]
    tile = (*(1 for _ in values.shape[:-2]), min(rows, _TILE), min(columns, _TILE))
    return {**storage, "chunks": tile}


def _unwritten() -> Any:
    """Return the properties of a variable that has its place and no values."""
    import h5py

    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    return properties
