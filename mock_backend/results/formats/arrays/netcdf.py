"""netCDF: a variable for each band, by the CF conventions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.arrays.dataset import Dataset, DatasetVariable, dataset_of
from mock_backend.results.formats.base import FilePart, Format
from mock_backend.results.formats.layout import arranged_values, is_raster
from mock_backend.results.formats.one_file import OneFile, stem
from mock_backend.results.formats.options import choice, whole_number
from mock_backend.results.formats.pieces import pieces_of
from mock_backend.results.formats.refusals import MAX_HELD, check_cube

# Which versions of HDF5 can read the file; said, so that newer ones write the same bytes.
_HDF5 = ("earliest", "v110")

# Maximum number of rows and columns of a tile of a compressed variable.
_TILE = 256
# The number of values, about, that are computed at once where they are too many to be held.
_STRIP = 2**24

_ZLEVEL = 6
# That of files so large that the time counts more than a tenth of their size.
_ZLEVEL_OF_STRIPS = 1


class NetCdf(OneFile):
    """netCDF 4."""

    name = "netCDF"
    extra: str | None = "netcdf"
    media_type = "application/x-netcdf"
    needs = ("h5netcdf", "h5py")
    most_values: int | None = 2**28

    def check(self, content: DataCube | Plain) -> None:
        """Check that it is a data cube of bearable size."""
        check_cube(self.name, content)

    def file_name(self, content: DataCube | Plain, options: Mapping[str, Any]) -> str:
        """Return the name of the file."""
        return f"{stem(content, options)}.nc"

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:
        """Return the file that content is written to, or one for each area if the options say so."""
        whole = super().parts(content, options)
        if not isinstance(content, DataCube) or content.grid is None:
            return whole
        pieces = pieces_of(content, {**options, "tile_grid": None})
        if len(pieces) == 1 and pieces[0][1] is content:
            return whole
        name = stem(content, options)
        return [
            replace(part, name=f"{name}_{where}.nc", content=piece, where=where)
            for part in whole
            for where, piece in pieces
        ]

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes:
        """Return the file."""
        import h5netcdf

        assert isinstance(content, DataCube)  # as checked
        in_strips = content.count > MAX_HELD and is_raster(content)
        dataset = dataset_of(content, without_values=in_strips)
        buffer = BytesIO()
        with h5netcdf.File(buffer, "w", libver=_HDF5) as file:
            file.dimensions = dict(dataset.sizes)
            file.attrs.update(dataset.attributes)
            for name, variable in dataset.variables.items():
                _write(file, name, variable, options)
            if in_strips:
                _write_strips(file, dataset, content)
        return buffer.getvalue()


def _write_strips(file: Any, dataset: Dataset, cube: DataCube) -> None:
    """Write the values of bands, a strip of rows after the other."""
    grid = cube.grid
    assert grid is not None  # what has pixels has a grid
    height = max(_STRIP * grid.rows // cube.count // _TILE, 1) * _TILE
    for first in range(0, grid.rows, height):
        rows = slice(first, min(first + height, grid.rows))
        strip = replace(cube, grid=grid.window(first, 0, rows.stop - first, grid.columns))
        values = arranged_values(strip)
        for name, variable in dataset.variables.items():
            if variable.label is not None:
                file[name][..., rows, :] = values[..., variable.label]


def _write(file: Any, name: str, variable: DatasetVariable, options: Mapping[str, Any]) -> None:
    import h5py

    values, dtype = variable.values, variable.values.dtype
    if dtype.kind == "U":
        values, dtype = values.astype(object), h5py.string_dtype()
    storage: dict[str, Any] = {}
    if values.size and values.ndim > 1 and choice(options, "compress", {"NONE"}, "DEFLATE") == "DEFLATE":
        default = _ZLEVEL if variable.label is None else _ZLEVEL_OF_STRIPS
        level = whole_number(options, "zlevel", range(1, 10), default)
        storage = {"compression": "gzip", "compression_opts": level, "shuffle": True, "chunks": _tile(values)}
    created = file.create_variable(
        name,
        variable.dimensions,
        dtype,
        data=values if variable.label is None else None,
        fillvalue=variable.fill,
        track_times=False,
        **storage,
    )
    created.attrs.update(variable.attributes)


def _tile(values: Any) -> tuple[int, ...]:
    rows, columns = values.shape[-2:]
    return (*(1 for _ in values.shape[:-2]), min(rows, _TILE), min(columns, _TILE))


FORMAT: Format = NetCdf()
