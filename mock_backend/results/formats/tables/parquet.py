"""Parquet: a row for each date and geometry, with the geometry as GeoParquet has it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import IO, TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.cubes.projection import DEGREES
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.base import choice
from mock_backend.results.formats.labels import are_no_data, instants, number_type, unique_names
from mock_backend.results.formats.layout import features_of_cube
from mock_backend.results.formats.spooled import written
from mock_backend.results.formats.tables.table import Keys, Tabular, plain_columns, tables_of

if TYPE_CHECKING:
    import pyarrow as pa

_GEOMETRY = "geometry"
_GEOPARQUET = "1.1.0"
_COMPRESSIONS = {"NONE", "SNAPPY", "GZIP", "ZSTD"}


class Parquet(Tabular):
    """Apache Parquet, with GeoParquet's metadata where there are geometries."""

    name = "Parquet"
    extra = "parquet"
    media_type = "application/vnd.apache.parquet"
    ending = "parquet"
    needs = ("pyarrow",)

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes | ComputedContent:
        compression = choice(options, "compression", _COMPRESSIONS, "SNAPPY")
        if isinstance(content, Plain):
            return written(partial(_write, iter([_plain_table(content.value)]), compression), 0)
        return written(partial(_write, _cube_tables(content), compression), content.count)


def _write(tables: "Iterator[pa.Table]", compression: str, file: IO[bytes]) -> None:
    import pyarrow.parquet as pq

    table = next(tables)
    with pq.ParquetWriter(file, table.schema, compression=compression) as writer:
        for each in chain([table], tables):
            writer.write_table(each)


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


def _cube_tables(cube: DataCube) -> "Iterator[pa.Table]":
    import pyarrow as pa

    labels: list[pa.Array] = []
    encoded: list[bytes | None] = []
    metadata: dict[str, Any] = {}
    for table in tables_of(cube):
        labels = labels or [_labels(each) for each in table.keys]
        columns = {
            each.name: column.take(pa.array(each.places))
            for each, column in zip(table.keys, labels, strict=True)
        } | {
            name: pa.array(values, mask=are_no_data(values, table.nodata))
            for name, values in table.columns.items()
        }
        places = next((each.places for each in table.keys if each.kind == "geometry"), None)
        if places is not None:
            name = unique_names([_GEOMETRY], columns)[0]
            if not metadata:
                encoded, metadata = _geometries(features_of_cube(cube), name)
            columns[name] = pa.array(encoded, type=pa.binary()).take(pa.array(places))
        yield pa.table(columns).replace_schema_metadata({"geo": json.dumps(metadata)} if metadata else None)


def _labels(keys: Keys) -> "pa.Array":
    import pyarrow as pa

    labels = list(keys.labels)
    if keys.kind == "temporal" and labels and (times := instants(labels)) is not None:
        return pa.array(times, type=pa.timestamp("us", tz="UTC"))
    if (kind := number_type(labels)) is not None:
        return pa.array(labels, type=kind)
    return pa.array([str(label) for label in labels], type=pa.string())


def _geometries(
    features: Sequence[Mapping[str, Any]], column: str
) -> tuple[list[bytes | None], dict[str, Any]]:
    """Return geometries as WKB, and what GeoParquet says of them."""
    import shapely

    from mock_backend.landscape.sensors.geojson import geojson_geometry

    geometries = [geojson_geometry(each["geometry"]) if each.get("geometry") else None for each in features]
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


FORMAT = Parquet()
