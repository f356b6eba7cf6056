"""Parquet: a row for each date and geometry, with the geometry as GeoParquet has it."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.cubes.projection import DEGREES
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import Format
from mock_backend.results.formats.labels import instants, unique_names
from mock_backend.results.formats.layout import features_of
from mock_backend.results.formats.one_file import OneFile, stem
from mock_backend.results.formats.options import choice
from mock_backend.results.formats.refusals import MAX_WRITTEN
from mock_backend.results.formats.tables.table import Keys, check_tabular, plain_columns, table_of
from mock_backend.results.formats.text_values import missing

if TYPE_CHECKING:
    import pyarrow as pa

_GEOMETRY = "geometry"
_GEOPARQUET = "1.1.0"
_COMPRESSIONS = {"NONE", "SNAPPY", "GZIP", "ZSTD"}


class Parquet(OneFile):
    """Apache Parquet, with GeoParquet's metadata where there are geometries."""

    name = "Parquet"
    most_values: int | None = MAX_WRITTEN
    extra: str | None = "parquet"
    media_type = "application/vnd.apache.parquet"
    needs = ("pyarrow",)

    def check(self, content: DataCube | Plain) -> None:
        """Check that it makes a table."""
        check_tabular(self.name, content)

    def file_name(self, content: DataCube | Plain, options: Mapping[str, Any]) -> str:
        """Return the name of the file."""
        return f"{stem(content, options)}.parquet"

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes:
        """Return the file."""
        import pyarrow.parquet as pq

        table = _plain_table(content.value) if isinstance(content, Plain) else _cube_table(content)
        buffer = BytesIO()
        pq.write_table(table, buffer, compression=choice(options, "compression", _COMPRESSIONS, "SNAPPY"))
        return buffer.getvalue()


def _plain_table(value: Any) -> "pa.Table":
    import pyarrow as pa

    columns = {}
    for name, values in plain_columns(value).items():
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowException, OverflowError):
            # A column has one type, and text is what holds all.
            columns[name] = pa.array([None if each is None else json.dumps(each) for each in values])
    return pa.table(columns)


def _cube_table(cube: DataCube) -> "pa.Table":
    import pyarrow as pa

    table = table_of(cube)
    columns = {each.name: _key_column(each) for each in table.keys} | {
        name: pa.array(values, mask=missing(values, table.nodata)) for name, values in table.columns.items()
    }
    places = next((each.places for each in table.keys if each.kind == "geometry"), None)
    if places is None:
        return pa.table(columns)
    name = unique_names([_GEOMETRY], columns)[0]
    encoded, metadata = _geometries(features_of(cube), name)
    columns[name] = pa.array(encoded, type=pa.binary()).take(pa.array(places))
    return pa.table(columns).replace_schema_metadata({"geo": json.dumps(metadata)})


def _key_column(keys: Keys) -> "pa.Array":
    import pyarrow as pa

    labels = list(keys.labels)
    kinds = {type(label) for label in labels}
    if keys.kind == "temporal" and labels and (times := instants(labels)) is not None:
        column = pa.array(times, type=pa.timestamp("us", tz="UTC"))
    elif labels and kinds <= {int, float}:
        column = pa.array(labels, type=pa.int64() if kinds == {int} else pa.float64())
    else:
        column = pa.array([str(label) for label in labels], type=pa.string())
    return column.take(pa.array(keys.places))


def _geometries(
    features: Sequence[Mapping[str, Any]], column: str
) -> tuple[list[bytes | None], dict[str, Any]]:
    """Return geometries as WKB, and what GeoParquet says of them."""
    import shapely
    from shapely.geometry import shape

    geometries = [shape(each["geometry"]) if each.get("geometry") else None for each in features]
    described: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({_type(each) for each in geometries if each is not None}),
        "crs": _degrees(),
    }
    bounds = shapely.total_bounds([each for each in geometries if each is not None]).tolist()
    if all(side == side for side in bounds):  # NaN, which differs from itself, if there are none
        described["bbox"] = bounds
    encoded = list(shapely.to_wkb(geometries, flavor="iso"))
    return encoded, {"version": _GEOPARQUET, "primary_column": column, "columns": {column: described}}


def _type(geometry: Any) -> str:
    return f"{geometry.geom_type} Z" if geometry.has_z else str(geometry.geom_type)


@cache
def _degrees() -> dict[str, Any]:
    from pyproj import CRS  # heavy, and only needed here

    described: dict[str, Any] = CRS.from_user_input(DEGREES).to_json_dict()
    return described


FORMAT: Format = Parquet()
