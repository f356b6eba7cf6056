"""netCDF: a variable for each band, by the CF conventions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.arrays.dataset import dataset_of
from mock_backend.results.formats.arrays.variables import write_dataset
from mock_backend.results.formats.base import FilePart, Format
from mock_backend.results.formats.layout import is_raster
from mock_backend.results.formats.one_file import OneFile
from mock_backend.results.formats.options import choice, whole_option
from mock_backend.results.formats.pieces import pieces_of
from mock_backend.results.formats.refusals import MAX_HELD, checked_cube

_ZLEVEL = 6


class NetCdf(OneFile):
    """netCDF 4."""

    name = "netCDF"
    extra: str | None = "netcdf"
    media_type = "application/x-netcdf"
    ending = "nc"
    needs = ("h5netcdf", "h5py")
    most_values: int | None = None

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


FORMAT: Format = NetCdf()
