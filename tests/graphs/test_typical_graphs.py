"""Results of ten typical process graphs in each file format: a table.

The facts follow from the process graphs and the catalogue; nothing here is read from results.
"""

import json
import tarfile
from itertools import product
from pathlib import Path

import numpy as np
import pystac
import pytest
from openeo.rest import OpenEoApiError
from pystac_client import Client

from typical_graphs.facts import Number, Raster, Table
from typical_graphs.graphs import FIELDS, GRAPHS
from typical_graphs.opening import open_all

#: Number of files of a result in each format; a dash where the format cannot hold it. What a UDF returns
#: may be anything, so it is never refused: where it cannot be told how to write it, something stands in.
FILES = """
                     GTiff  netCDF  PNG  Zarr  JSON  CSV  GeoJSON  Parquet
single_date            1      1      1    1     1     -      -        -
time_series            3      1      3    1     1     -      -        -
ndvi                   3      1      3    1     1     -      -        -
monthly_composite      3      1      3    1     1     -      -        -
zonal_statistics       -      1      -    1     1     1      1        1
elevation              1      1      1    1     1     -      -        -
vector_output          -      1      -    1     1     1      1        1
merged_collections     1      1      1    1     1     -      -        -
udf                    3      1      3    1     1     ?      ?        ?
scalar                 -      1      -    1     1     1      -        1
"""

# UTM 31N; 500 m by 300 m are 50 by 30 pixels of Sentinel-2.
_AREA = (650_000, 5_675_000, 650_500, 5_675_300)
# 5.15 to 5.156 degrees east and 51.2 to 51.2036 degrees north in UTM 31N, out to the next 10 m.
_BOX = (650_190, 5_674_260, 650_630, 5_674_680)
# Sentinel-2 is there every five days, in June 2024 from the 4th on.
_DATES = ("2024-06-04", "2024-06-09", "2024-06-14")
_STORED = (0, 10_000)  # reflectance before it is scaled by 0.0001
_FIELDS = (5.148, 51.2071, 5.153, 51.2087)

FACTS = {
    "single_date": Raster(32631, _BOX, 10, _DATES[:1], ("B04", "B03", "B02"), "int16", "-32768", _STORED),
    "time_series": Raster(32631, _AREA, 10, _DATES, ("B04", "B08"), "int16", "-32768", _STORED),
    "ndvi": Raster(32631, _AREA, 10, _DATES, ("NDVI",), "float32", "nan", (-1, 1)),
    "monthly_composite": Raster(
        32631, _AREA, 10, ("2024-04-01", "2024-05-01", "2024-06-01"), ("B04",), "float32", "nan", _STORED
    ),
    "zonal_statistics": Table(2, _FIELDS, _DATES, ("B04", "B08"), "float32", "nan", _STORED),
    "elevation": Raster(
        4326,
        (5.15, 51.2, 5.16, 51.205),
        round(1 / 3600, 9),
        ("2010-12-12",),
        ("DEM",),
        "float32",
        "nan",
        (-430, 8850),
    ),
    "vector_output": Table(2, _FIELDS, (), ("hectares",), "float64", "nan", (2.25, 2.5)),
    "merged_collections": Raster(32631, _AREA, 10, ("2024-06-01",), ("B04", "VV"), "float32", "nan", _STORED),
    "udf": Raster(32631, _AREA, 10, _DATES, ("B04", "B08"), "float32", "nan", _STORED),
    "scalar": Number("float32", "nan", (-1, 1)),
}


def _cells():
    header, *rows = (line.split() for line in FILES.strip().splitlines())
    for name, *counts in rows:
        for format_, count in zip(header, counts, strict=True):
            yield name, format_, count


_HELD = [(*cell[:2], int(cell[2])) for cell in _cells() if cell[2].isdecimal()]
_REFUSED = [cell[:2] for cell in _cells() if cell[2] == "-"]
_UNKNOWN = [cell[:2] for cell in _cells() if cell[2] == "?"]


def test_the_table_is_whole():
    formats = {"GTiff", "netCDF", "PNG", "Zarr", "JSON", "CSV", "GeoJSON", "Parquet"}
    assert {cell[:2] for cell in _cells()} == set(product(GRAPHS, formats))
    assert FACTS.keys() == GRAPHS.keys()


@pytest.mark.parametrize("way", ["batch", "synchronous"])
@pytest.mark.parametrize(("graph", "format_", "count"), _HELD)
def test_the_result_is_what_the_graph_implies(connection, request, graph, format_, count, way):
    files = request.getfixturevalue(way)(GRAPHS[graph](connection), format_)
    assert len(files) == count
    _check(open_all(format_, files), FACTS[graph])


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.parametrize(("graph", "format_"), _REFUSED)
def test_what_a_format_cannot_hold_is_refused(connection, synchronous, graph, format_):
    cube = GRAPHS[graph](connection)
    for ask in (cube.create_job, synchronous):
        with pytest.raises(OpenEoApiError) as refusal:
            ask(cube, format_) if ask is synchronous else ask(out_format=format_)
        assert (refusal.value.code, refusal.value.http_status_code) == ("FormatUnsuitable", 400)
        assert format_ in refusal.value.message


@pytest.mark.parametrize(("graph", "format_"), _UNKNOWN)
def test_what_cannot_be_known_is_not_refused(batch, connection, graph, format_):
    (path,) = batch(GRAPHS[graph](connection), format_)
    assert "set_result" in json.loads(path.read_text())["note"]


def test_dates_are_those_of_the_catalogue(mock_backend):
    search = Client.open(mock_backend.url).search(
        collections=["SENTINEL2_L2A"], bbox=[5.148, 51.207, 5.153, 51.209], datetime="2024-06-01/2024-06-14"
    )
    assert tuple(sorted(item.datetime.strftime("%Y-%m-%d") for item in search.items())) == _DATES


def test_features_come_back_as_they_were(connection, synchronous):
    cube = GRAPHS["vector_output"](connection)
    assert connection.execute(cube.save_result("GeoJSON")) == FIELDS
    (table,) = synchronous(cube, "CSV")
    assert open_all("CSV", [table])["values"].tolist() == [[2.5], [2.25]]


def test_what_is_written_down_is_computed(connection):
    result = connection.datacube_from_process("add", x=3, y=5)
    assert result.execute() == 8
    assert json.loads(result.download(format="JSON")) == 8


def test_an_archive_of_several_files_tells_what_they_are(connection, tmp_path):
    path = tmp_path / "all.tar"
    GRAPHS["time_series"](connection).download(path, format="GTiff")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path)  # Python before 3.11.4 has no filters
    collection = pystac.Collection.from_file(tmp_path / "collection.json")
    files = [Path(asset.get_absolute_href()) for asset in collection.assets.values()]
    assert open_all("GTiff", files)["dates"] == _DATES


def _check(told, facts):
    values = told.pop("values", None)
    assert told == {name: getattr(facts, name) for name in told}
    if values is None:
        return
    there = values[~np.isnan(values) & (values != -32_768)]
    low, high = facts.span
    assert there.size
    assert low <= there.min() <= there.max() <= high
    assert isinstance(facts, Number) or there.min() < there.max(), "all values are one"


def test_geometries_without_pixels_have_no_values(mock_backend_connection):
    cube = mock_backend_connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21},
        temporal_extent=["2024-06-01", "2024-06-06"],
        bands=["B04"],
    )
    points = [(5.005, 51.205), (10.0, 40.0)]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": point}}
        for point in points
    ]
    fields = {"type": "FeatureCollection", "features": features}

    [[inside, outside]] = cube.aggregate_spatial(fields, reducer="mean").execute().values()

    assert inside[0] > 0
    assert outside == [None]
