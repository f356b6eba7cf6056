"""The files that results are written to: a module a format, found by its name in the catalogue."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from pydantic_core import to_json

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import FilePart, Format

__all__ = ["FORMATS", "FilePart", "Format", "Unwritten", "find_format", "format_names"]


class Unwritten(Format):
    """A format that is in the catalogue only: its file is a text that says so."""

    def __init__(self, name: str) -> None:
        self.name = name

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:  # noqa: ARG002  # as in Format
        """Return the one file there is."""
        ending = re.sub(r"\W+", "", self.name).lower() or "bin"
        return [FilePart(f"openEO.{ending}", content, "application/octet-stream")]

    def size(self, part: FilePart, options: Mapping[str, Any]) -> int | None:
        """Return how many bytes it has."""
        return len(self.write(part, options))

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes:  # as in Format
        """Return the text."""
        content = part.content
        shape = dict(content.sizes) if isinstance(content, DataCube) else None
        note = (
            f"This stands in for a file of the format {self.name}, which the back-end offers but "
            "cannot write; order what it shall be with set_result."
        )
        return to_json({"format": self.name, "options": dict(options), "dimensions": shape, "note": note})


class MlModel(Unwritten):
    """A machine learning model: its file has the name that it has on other back-ends."""

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:  # noqa: ARG002  # as in Format
        """Return the one file there is."""
        # Clients look for this id in the links of results.
        item = "ml_model_metadata.json"
        return [FilePart("randomforest.model.tar.gz", content, "application/octet-stream", item=item)]


#: Formats by name, or modules that call theirs FORMAT: some need heavy libraries, so none is imported early.
FORMATS: dict[str, Format | str] = {
    "GTiff": "geotiff",
    "netCDF": "arrays.netcdf",
    "PNG": "png.png_file",
    "JSON": "json_text",
    "GeoJSON": "geojson",
    "CSV": "tables.csv_table",
    "Parquet": "tables.parquet",
    "Zarr": "arrays.zarr_zip",
    "ML-Model": MlModel("ml-model"),
}


def format_names() -> tuple[str, ...]:
    """Return the names of the formats that can be written, as the catalogue spells them."""
    return tuple(name for name, format_ in FORMATS.items() if not isinstance(format_, Unwritten))


def find_format(name: str) -> Format | None:
    """Return the format of a name in upper or lower case, None if there is none."""
    wanted = name.lower()
    found = next((each for known, each in FORMATS.items() if known.lower() == wanted), None)
    return _format_in(found) if isinstance(found, str) else found


@cache
def _format_in(module: str) -> Format:
    found: Format = import_module(f"{__name__}.{module}").FORMAT
    return found
