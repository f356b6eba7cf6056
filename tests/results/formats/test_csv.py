"""CSV as pandas reads it."""

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.engine.steps import Plain
from mock_backend.errors import OpenEOError
from mock_backend.results import formats

SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), min_size=1)
)


@pytest.fixture
def table(write):
    """Return content as a table after it was written."""

    def read(content, **options):
        return pd.read_csv(io.BytesIO(write("CSV", content, **options)), float_precision="round_trip")

    return read


def test_the_file(series):
    (part,) = formats.find_format("CSV").parts(series, {})

    assert (part.name, part.media_type) == ("timeseries.csv", "text/csv")


def test_a_row_for_each_date_and_geometry_and_a_column_for_each_band(table, series, values_of):
    found = table(series)

    assert list(found.columns) == ["date", "feature_index", "B04", "B08"]
    assert found["date"].tolist() == ["2024-06-01T00:00:00.000Z"] * 3 + ["2024-06-11T00:00:00.000Z"] * 3
    assert found["feature_index"].tolist() == [0, 1, 2] * 2
    expected = values_of(series).transpose(1, 0, 2).reshape(6, 2)
    assert np.array_equal(found[["B04", "B08"]], expected)


@pytest.mark.parametrize(
    ("dimensions", "columns", "rows"),
    [
        (("geometry", "bands"), ["feature_index", "B04", "B08"], 3),
        (("geometry", "t"), ["date", "feature_index", "band_unnamed"], 6),
        (("bands", "t"), ["date", "B04", "B08"], 2),
        (("y", "t"), ["date", "y", "value"], 14),
        (("level", "bands"), ["level", "B04", "B08"], 2),
        (("bands",), ["B04", "B08"], 1),
        ((), ["value"], 1),
    ],
)
def test_a_row_for_each_combination_of_labels(table, make_cube, dimensions, columns, rows):
    found = table(make_cube(*dimensions, others={"level": ("low", "high")}))

    assert list(found.columns) == columns
    assert len(found) == rows


@pytest.mark.parametrize(
    ("name", "sign"), [("COMMA", ","), ("semicolon", ";"), ("TAB", "\t"), ("SPACE", " ")]
)
def test_separators(write, series, name, sign):
    first = write("CSV", series, separator=name).decode().splitlines()[0]

    assert first == sign.join(["date", "feature_index", "B04", "B08"])


def test_columns_have_names_of_their_own(table, make_cube):
    found = table(make_cube("t", "bands", bands=["date", "B04"]))

    assert list(found.columns) == ["date", "date_", "B04"]


def test_missing_values_are_empty(write, make_cube, monkeypatch):
    cube = make_cube("geometry", "bands", facts={"nodata": -1})
    monkeypatch.setattr(
        "mock_backend.engine.core.file_values.Values.array",
        lambda *_: np.array([[1, -1], [-1, 2], [3, 4]], dtype="int16"),
    )

    assert write("CSV", cube).decode().splitlines()[1:] == ["0,1,", "1,,2", "2,3,4"]


def test_rasters_are_refused(raster):
    with pytest.raises(OpenEOError, match="aggregate_spatial") as caught:
        formats.find_format("CSV").parts(raster, {})
    assert (caught.value.openeo_code, caught.value.status_code) == ("FormatUnsuitable", 400)


def test_large_tables_are_refused(make_cube):
    cube = make_cube("place", "t", "bands", bands=range(257), others={"place": range(2**20)})

    # Many jobs are never looked into.
    [part] = formats.find_format("CSV").parts(cube, {})
    with pytest.raises(OpenEOError, match="too large for CSV"):
        formats.find_format("CSV").write(part, {})


class TestValues:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (5, "value\n5\n"),
            (None, 'value\n""\n'),
            ("a,b", 'value\n"a,b"\n'),
            ([1, 2], "value\n1\n2\n"),
            ([[1, 2], [3]], "0,1\n1,2\n3,\n"),
            ({"a": 1, "b": {"c": [2]}}, 'a,b\n1,"{""c"": [2]}"\n'),
            ([{"a": 1}, {"b": 2}], "a,b\n1,\n,2\n"),
        ],
    )
    def test_are_tables_as_well(self, write, value, text):
        assert write("CSV", Plain(value)).decode() == text

    @given(st.dictionaries(st.text(st.characters(codec="utf-8")), SCALARS, min_size=1, max_size=4))
    def test_an_object_is_a_row(self, write, value):
        text = io.StringIO(write("CSV", Plain(value)).decode(), newline="")

        # Ends of lines are written in one way.
        expected = [list(value), [str(each) for each in value.values()]]
        assert list(csv.reader(text)) == [[each.replace("\r\n", "\n") for each in row] for row in expected]

    @given(
        st.lists(
            st.lists(st.integers() | st.lists(st.integers(), max_size=2), min_size=2, max_size=2), min_size=1
        )
    )
    def test_lists_are_rows(self, write, value):
        text = io.StringIO(write("CSV", Plain(value)).decode(), newline="")

        assert [[json.loads(each) for each in row] for row in list(csv.reader(text))[1:]] == value


class TestAsCdseWritesThem:
    """Series of the values in geometries, from graph to file."""

    @pytest.fixture
    def lines(self, mock_backend, tmp_path):
        def lines(reducer, make=lambda cube: cube):
            field = {
                "type": "Polygon",
                "coordinates": [[[5.0, 51.2], [5.005, 51.2], [5.005, 51.205], [5.0, 51.205], [5.0, 51.2]]],
            }
            cube = mock_backend.connect().load_collection(
                "SENTINEL2_L2A", temporal_extent=["2024-06-01", "2024-06-12"], bands=["B04", "B08"]
            )
            path = tmp_path / "series.csv"
            make(cube).aggregate_spatial(field, reducer=reducer).download(path, format="CSV")
            return path.read_text().splitlines()

        return lines

    def test_bands_are_columns(self, lines):
        head, first, *_ = lines("mean")

        assert head == "date,feature_index,B04,B08"
        assert first.startswith("2024-06-04T00:00:00.000Z,0,")

    def test_without_bands_the_values_have_no_name(self, lines):
        head, *_ = lines("mean", lambda cube: cube.ndvi(nir="B08", red="B04"))

        assert head == "date,feature_index,band_unnamed"
