"""Parquet as pandas, geopandas and pyarrow read it."""

import io
import json
import sys

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.engine.steps import Plain
from mock_backend.errors import OpenEOError
from mock_backend.results import formats

CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec="utf-8"))
    | st.lists(st.integers())
)


@pytest.fixture(scope="session")
def table(write):
    """Return content as a table of pyarrow's after it was written."""
    return lambda content, **options: pq.read_table(io.BytesIO(write("Parquet", content, **options)))


def test_the_file(series):
    (part,) = formats.find_format("Parquet").parts(series, {})

    assert (part.name, part.media_type) == ("timeseries.parquet", "application/vnd.apache.parquet")


def test_a_typed_row_for_each_date_and_geometry(table, series, values_of):
    found = table(series)

    assert {each.name: str(each.type) for each in found.schema} == {
        "date": "timestamp[us, tz=UTC]",
        "feature_index": "int64",
        "B04": "double",
        "B08": "double",
        "geometry": "binary",
    }
    assert found["feature_index"].to_pylist() == [0, 1, 2] * 2
    assert np.array_equal(found["B08"], values_of(series)[..., 1].T.ravel())


def test_pandas_reads_it(write, series):
    frame = pd.read_parquet(io.BytesIO(write("Parquet", series)))

    assert (
        frame["date"].tolist() == pd.to_datetime(["2024-06-01"] * 3 + ["2024-06-11"] * 3, utc=True).tolist()
    )
    assert frame["B04"].dtype == "float64"


def test_geopandas_reads_it(write, series):
    frame = geopandas.read_parquet(io.BytesIO(write("Parquet", series)))

    assert frame.crs.to_epsg() == 4326
    assert frame.total_bounds == pytest.approx([11.0, 46.0, 11.25, 46.05])
    assert frame.geometry.iloc[1].equals(frame.geometry.iloc[4])
    assert frame.geom_type.unique().tolist() == ["Polygon"]


def test_the_metadata_of_geoparquet(table, series):
    geo = json.loads(table(series).schema.metadata[b"geo"])

    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Polygon"])
    assert column["bbox"] == pytest.approx([11.0, 46.0, 11.25, 46.05])
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4326}


def test_geometries_of_all_kinds(write, make_cube):
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2, 3]}},
        {"type": "Feature", "properties": {}, "geometry": None},
    ]

    frame = geopandas.read_parquet(io.BytesIO(write("Parquet", make_cube("geometry", features=features))))

    assert frame.geometry[0].z == 3
    assert frame.geometry[1] is None
    geo = json.loads(
        pq.read_schema(io.BytesIO(write("Parquet", make_cube("geometry", features=features)))).metadata[
            b"geo"
        ]
    )
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point Z"]


def test_a_band_called_like_the_geometry(write, make_cube):
    frame = geopandas.read_parquet(
        io.BytesIO(write("Parquet", make_cube("geometry", "bands", bands=["geometry"])))
    )

    assert frame.geometry.name == "geometry_"


def test_tables_without_geometries(table, make_cube):
    found = table(
        make_cube("t", "level", "kind", times=["early"], others={"level": (1, 2.5), "kind": (3, 4)})
    )

    assert {each.name: str(each.type) for each in found.schema} == {
        "date": "string",
        "level": "double",
        "kind": "int64",
        "value": "int16",
    }
    assert not found.schema.metadata


def test_missing_values_are_null(table, make_cube, monkeypatch):
    cube = make_cube("t", facts={"nodata": -1})
    monkeypatch.setattr(
        "mock_backend.engine.core.file_values.Values.array", lambda *_: np.array([5, -1], dtype="int16")
    )

    assert table(cube)["value"].to_pylist() == [5, None]


@pytest.mark.parametrize(
    ("name", "stored"), [("NONE", "UNCOMPRESSED"), ("snappy", "SNAPPY"), ("GZIP", "GZIP"), ("ZSTD", "ZSTD")]
)
def test_compression(write, series, name, stored):
    metadata = pq.read_metadata(io.BytesIO(write("Parquet", series, compression=name)))

    assert metadata.row_group(0).column(0).compression == stored


@given(st.lists(st.dictionaries(st.sampled_from("abc"), CELLS), max_size=4))
def test_values_of_any_kind_make_tables(table, rows):
    found = table(Plain(rows))

    assert set(found.column_names) == {name for row in rows for name in row}
    assert found.num_rows == (len(rows) if found.column_names else 0)


def test_values_keep_their_types(table):
    assert table(Plain([{"a": 1, "b": "x"}, {"a": 2}])).to_pylist() == [
        {"a": 1, "b": "x"},
        {"a": 2, "b": None},
    ]


def test_rasters_are_refused(raster):
    with pytest.raises(OpenEOError, match="Parquet holds tables") as caught:
        formats.find_format("Parquet").parts(raster, {})
    assert caught.value.openeo_code == "FormatUnsuitable"


def test_a_missing_library(monkeypatch, write, series):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(OpenEOError, match=r"pip install 'openeo-mock-backend\[parquet\]'"):
        write("Parquet", series)
