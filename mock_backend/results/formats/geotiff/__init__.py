"""GeoTIFF: cloud-optimised, with tiles and overviews, one file for each date."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.base import MAX_HELD, FilePart, check_format_size, checked_cube
from mock_backend.results.formats.rasters import RasterFormat

if TYPE_CHECKING:
    from mock_backend.results.formats.geotiff.file_plan import Plan

_MEDIA_TYPE = "image/tiff; application=geotiff"
# Files with more values or bands may be too large for the format.
_MANY, _MANY_BANDS = 32 * 2**20, 1000


class GeoTiff(RasterFormat):
    """GeoTIFF.

    Where the bytes of uncompressed values are is known beforehand. So files may be of any size: those that
    are large are computed block by block when they are read.
    """

    name = "GTiff"
    media_type = f"{_MEDIA_TYPE}; profile=cloud-optimized"
    ending = ".tif"
    has_pieces = True

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> list[FilePart]:
        """Return a file for each date, and for each area and band if the options say so."""
        parts = super().parts(content, options)
        if str(options.get("overviews")).upper() == "OFF":
            parts = [replace(each, media_type=_MEDIA_TYPE) for each in parts]
        for cube in (checked_cube(self.name, part.content) for part in parts[:1]):
            if cube.count > _MANY or (cube.grid and cube.count // cube.grid.pixels > _MANY_BANDS):
                _ = _plan(cube, options).size  # refuses what no such file can hold
        return parts

    def size(self, part: FilePart, options: Mapping[str, Any]) -> int | None:
        """Return how many bytes a file has; None if it is compressed."""
        plan = _plan(checked_cube(self.name, part.content), options)
        return None if plan.deflated else plan.size

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return a file, computed when it is read if it is large."""
        from mock_backend.results.formats.geotiff.content import GeoTiffContent, whole_file

        cube = checked_cube(self.name, part.content)
        plan = _plan(cube, options)
        if plan.deflated:
            check_format_size("a GTiff with compress=DEFLATE (NONE takes any number)", cube, MAX_HELD)
        _ = plan.size  # refuses what is too large for the options
        return whole_file(plan, cube) if plan.is_held else GeoTiffContent(plan, cube)


def _plan(cube: DataCube, options: Mapping[str, Any]) -> "Plan":
    # Imported when a file is planned: a job that is only started needs none of it.
    from mock_backend.results.formats.geotiff.file_plan import geotiff_plan

    return geotiff_plan(cube, options)


FORMAT = GeoTiff()
