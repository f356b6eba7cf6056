"""netCDF: a variable for each band, by the CF conventions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO, IOBase
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.arrays.dataset import Dataset, DatasetVariable, dataset_of
from mock_backend.results.formats.base import MAX_HELD, FilePart, OneFile, checked_cube, choice, whole_option
from mock_backend.results.formats.layout import is_raster
from mock_backend.results.formats.rasters import pieces_of

_ZLEVEL = 6
# Maximum number of rows and columns of a chunk of a compressed variable.
_TILE = 256


class NetCdf(OneFile):
    """netCDF 4."""

    name = "netCDF"
    extra = "netcdf"
    media_type = "application/x-netcdf"
    ending = "nc"
    needs = ("h5netcdf", "h5py")
    most_values = None

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:
        """Return the file that content is written to, or one for each area if the options say so."""
        (whole,) = super().parts(content, options)
        if not isinstance(content, DataCube) or content.grid is None:
            return [whole]
        stem = whole.name.removesuffix(".nc")
        return [
            whole
            if piece is content
            else replace(whole, name=f"{stem}_{where}.nc", content=piece, where=where)
            for where, piece in pieces_of(content, {**options, "tile_grid": None})
        ]

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return the file, computed when it is read if it is large."""
        cube = checked_cube(self.name, content)
        if cube.count > MAX_HELD and is_raster(cube):
            from mock_backend.results.formats.arrays.content import NetCdfContent

            return NetCdfContent(cube)
        storage = {}
        if choice(options, "compress", {"NONE"}, "DEFLATE") == "DEFLATE":
            level = whole_option(options, "zlevel", range(1, 10), _ZLEVEL)
            storage = {"compression": "gzip", "compression_opts": level, "shuffle": True}
        buffer = BytesIO()
        write_dataset(buffer, dataset_of(cube), storage)
        return buffer.getvalue()


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


FORMAT = NetCdf()
