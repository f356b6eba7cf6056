"""Loading: pixels, days, bands."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from mock_backend.catalog import Band
from mock_backend.engine.steps.inputs.collection_facts import holding_of
from mock_backend.errors import OpenEOError
from validation_cases.building import BOX, FEATURE, POLYGON, call, graph, load, ref

UTM = {"west": 679720, "south": 5151080, "east": 680680, "north": 5151920, "crs": "EPSG:32632"}
SMALL = {"west": 680000, "south": 5151500, "east": 680100, "north": 5151600, "crs": "EPSG:32632"}
DEGREES = {"west": 11.1, "south": 46.1, "east": 11.2, "north": 46.2}
#: On both sides of the antimeridian.
FIJI = {"west": 179.9, "south": -17.1, "east": -179.9, "north": -17.0}


@pytest.mark.parametrize(
    ("collection", "arguments", "crs", "bounds", "size"),
    [
        (
            "SENTINEL2_L2A",
            {"spatial_extent": UTM},
            "EPSG:32632",
            (679720, 5151080, 680680, 5151920),
            (96, 84),
        ),
        (
            "SENTINEL2_L2A",
            {"spatial_extent": SMALL},
            "EPSG:32632",
            (680000, 5151500, 680100, 5151600),
            (10, 10),
        ),
        # The finest of the chosen bands decides.
        (
            "SENTINEL2_L2A",
            {"spatial_extent": UTM, "bands": ["B05"]},
            "EPSG:32632",
            (679720, 5151080, 680680, 5151920),
            (48, 42),
        ),
        (
            "SENTINEL2_L2A",
            {"spatial_extent": UTM, "bands": ["B05", "B02"]},
            "EPSG:32632",
            (679720, 5151080, 680680, 5151920),
            (96, 84),
        ),
        # Edges are multiples of the resolution.
        (
            "SENTINEL2_L2A",
            {"spatial_extent": UTM, "bands": ["B01"]},
            "EPSG:32632",
            (679680, 5151060, 680700, 5151960),
            (17, 15),
        ),
        (
            "COPERNICUS_30",
            {"spatial_extent": DEGREES, "temporal_extent": None, "bands": None},
            "EPSG:4326",
            (11.1, 46.1, 11.2, 46.2),
            (360, 360),
        ),
        ("AGERA5", {"spatial_extent": DEGREES, "bands": None}, "EPSG:4326", (11.1, 46.1, 11.2, 46.2), (1, 1)),
        (
            "SENTINEL_5P_L2",
            {"spatial_extent": DEGREES, "bands": ["NO2"]},
            "EPSG:4326",
            (11.1, 46.1, 11.2, 46.2),
            (2, 2),
        ),
        # Degrees go on counting.
        (
            "AGERA5",
            {"spatial_extent": FIJI, "bands": None},
            "EPSG:4326",
            (179.9, -17.1, 180.1, -17.0),
            (2, 1),
        ),
        # What is outside of the collection is not there.
        (
            "CGLS_SSM_1KM",
            {"spatial_extent": {"west": 49.5, "south": 71.5, "east": 60, "north": 80}, "bands": ["ssm"]},
            "EPSG:4326",
            (49.5, 71.5, 50.0, 72.0),
            (56, 56),
        ),
        (
            "COPERNICUS_30",
            {"spatial_extent": POLYGON, "bands": None},
            "EPSG:4326",
            (5.0, 51.2, 5.1, 51.3),
            (360, 360),
        ),
        (
            "COPERNICUS_30",
            {"spatial_extent": FEATURE, "bands": None},
            "EPSG:4326",
            (5.0, 51.2, 5.1, 51.3),
            (360, 360),
        ),
        (
            "COPERNICUS_30",
            {"spatial_extent": {"type": "FeatureCollection", "features": [FEATURE]}, "bands": None},
            "EPSG:4326",
            (5.0, 51.2, 5.1, 51.3),
            (360, 360),
        ),
    ],
)
def test_pixels(content, collection, arguments, crs, bounds, size):
    grid = content(graph(n=load(collection, **arguments))).grid

    assert grid.crs == crs
    assert grid.bounds == pytest.approx(bounds, abs=1e-9)
    assert (grid.columns, grid.rows) == size


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (BOX, 32631),
        ({"west": 5.9, "south": 45, "east": 6.2, "north": 45.1}, 32632),
        ({"west": 5.0, "south": 60, "east": 5.1, "north": 60.1}, 32632),
        ({"west": 20.0, "south": -30, "east": 20.1, "north": -29.9}, 32734),
        (FIJI, 32701),
    ],
)
def test_collections_in_utm_have_the_zone_of_the_place(content, place, zone):
    grid = content(graph(n=load(spatial_extent=place))).grid

    assert grid.epsg == zone
    assert grid.x_size == grid.y_size == 10
    west, south, east, north = grid.bbox
    assert (south, north) == pytest.approx((place["south"], place["north"]), abs=0.01)
    assert (west, east) == pytest.approx((place["west"], place["east"]), abs=0.02)


def test_a_vector_cube_tells_the_area(content, numbers):
    loaded = load("COPERNICUS_30", spatial_extent=ref("v"), bands=None)
    cube = content(graph(v=call("load_geojson", data=FEATURE), n=loaded))

    assert cube.grid.bounds == pytest.approx((5.0, 51.2, 5.1, 51.3))
    # A triangle: there are no values in the other half of its box.
    there = ~np.isnan(numbers(cube))[:, :, 0]
    assert there[-1, 1:].all()
    assert not there[0, :-1].any()
    assert there.mean() == pytest.approx(0.5, abs=0.01)


def test_a_point_is_a_pixel(content, numbers):
    point = {"type": "Point", "coordinates": [5.05, 51.25]}
    cube = content(graph(n=load("COPERNICUS_30", spatial_extent=point, bands=None)))

    assert cube.grid.pixels == 1
    assert not np.isnan(numbers(cube)).any()


@pytest.mark.parametrize(
    ("collection", "period", "dates"),
    [
        # Every five days, and left-closed.
        (
            "SENTINEL2_L2A",
            ["2022-06-01", "2022-07-01"],
            ["2022-06-05", "2022-06-10", "2022-06-15", "2022-06-20", "2022-06-25", "2022-06-30"],
        ),
        ("SENTINEL2_L2A", ["2022-06-05", "2022-06-10"], ["2022-06-05"]),
        ("SENTINEL2_L2A", ["2022-06-05T00:00:00Z", "2022-06-10T00:00:01Z"], ["2022-06-05", "2022-06-10"]),
        # Short periods have data, too: one day.
        ("SENTINEL2_L2A", ["2022-06-01", "2022-06-03"], ["2022-06-01"]),
        ("SENTINEL2_L2A", ["2022-06-02T10:00:00Z", "2022-06-02T11:00:00Z"], ["2022-06-02"]),
        ("AGERA5", ["2022-06-01", "2022-06-04"], ["2022-06-01", "2022-06-02", "2022-06-03"]),
        # Before the beginning and after now there are none.
        ("AGERA5", ["1978-01-01", "1979-01-03"], ["1979-01-01", "1979-01-02"]),
        ("AGERA5", ["2025-05-31", "2030-01-01"], ["2025-05-31", "2025-06-01"]),
        ("AGERA5", ["2025-05-31", None], ["2025-05-31", "2025-06-01"]),
        ("AGERA5", [None, "1979-01-02"], ["1979-01-01"]),
        # A map of a whole year is of one day.
        ("ESA_WORLDCOVER_10M_2021_V2", ["2021-05-01", "2021-06-01"], ["2021-05-01"]),
        ("ESA_WORLDCOVER_10M_2021_V2", None, ["2021-01-01"]),
    ],
)
def test_days(content, collection, period, dates):
    cube = content(graph(n=load(collection, spatial_extent=UTM, temporal_extent=period, bands=None)))

    assert cube.times == tuple(f"{date}T00:00:00Z" for date in dates)


def test_the_period_is_that_asked_for_as_far_as_there_are_data(content):
    def period(extent, collection="AGERA5"):
        return content(
            graph(n=load(collection, spatial_extent=UTM, temporal_extent=extent, bands=None))
        ).period

    assert period(["2022-06-01", "2022-07-01"]) == ("2022-06-01T00:00:00Z", "2022-07-01T00:00:00Z")
    assert period(["1970-01-01", None]) == ("1979-01-01T00:00:00Z", "2025-06-01T12:00:00Z")
    assert period(None, "COPERNICUS_30") == ("2010-12-12T00:00:00Z", "2015-01-07T23:59:59Z")


def test_many_days_are_enumerated(content):
    cube = content(graph(n=load("AGERA5", spatial_extent=UTM, temporal_extent=None, bands=["wind-speed"])))

    assert len(cube.times) == (date(2025, 6, 2) - date(1979, 1, 1)).days
    assert list(cube.times) == sorted(set(cube.times))


def test_what_has_no_time_has_no_temporal_dimension(content):
    cube = content(graph(n=load("COPERNICUS_30", spatial_extent=UTM, bands=None)))

    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["B08", "B04"], ["B08", "B04"]),
        (["red", "B08"], ["B04", "B08"]),
        (["rededge"], ["B05", "B06", "B07"]),
        # A relaxed back-end has whatever is asked for.
        (["B04", "MINE"], ["B04", "MINE"]),
    ],
)
def test_bands(content, wanted, found):
    relaxed = {"unknown-band"} if "MINE" in wanted else ()
    cube = content(graph(n=load(bands=wanted, spatial_extent=UTM)), relaxed=relaxed)

    assert [each.name for each in cube.bands] == found == list(cube.of_kind("bands").labels)


def test_what_is_known_of_bands_is_that_of_the_collection(content, catalogue):
    cube = content(graph(n=load(bands=["B04", "SCL"], spatial_extent=UTM)))

    known = {each.name: each for each in catalogue.known("SENTINEL2_L2A").bands}
    assert cube.bands == (known["B04"], known["SCL"])
    assert (cube.data_type, cube.nodata) == ("int16", -32768)


def test_what_is_unknown_of_bands_is_made_up(content, catalogue):
    catalogue.add("MINE", bands=[Band("a", data_type="uint8"), Band("b", data_type="cint16", minimum=-5)])

    one, other = content(graph(n=load("MINE", spatial_extent=UTM, bands=None))).bands

    assert (one.data_type, one.minimum, one.maximum) == ("uint8", 0, 255)
    assert (other.data_type, other.minimum, other.maximum, other.nodata) == ("float32", -5, 1.0, "nan")


@pytest.mark.parametrize(
    ("facts", "crs", "size"),
    [
        ({"epsg": 3035, "resolution": 100}, "EPSG:3035", 100),
        ({"epsg": 3857}, "EPSG:3857", 100),
        ({"epsg": 4326, "resolution": 300}, "EPSG:4326", 1 / 373),
        ({"epsg": 4326, "resolution": 250_000}, "EPSG:4326", 2),
        ({"cell": 0.25}, "EPSG:4326", 0.25),
        ({"resolution": 20}, "EPSG:32632", 20),
    ],
)
def test_collections_of_users_have_the_pixels_that_they_tell(content, catalogue, facts, crs, size):
    catalogue.add("MINE", bands=["a"], **facts)

    grid = content(graph(n=load("MINE", spatial_extent=UTM, bands=None))).grid

    assert (grid.crs, grid.x_size, grid.y_size) == (crs, pytest.approx(size), pytest.approx(size))


@pytest.mark.parametrize(
    ("document", "crs"),
    [
        ({"summaries": {"proj:code": ["EPSG:32633"]}}, "EPSG:32633"),
        ({"summaries": {"proj:epsg": [32632, 32633]}}, "EPSG:32632"),
        ({"summaries": {"proj:epsg": ["nothing"]}}, "EPSG:4326"),
        ({"proj:epsg": 3035}, "EPSG:3035"),
        ({}, "EPSG:4326"),
    ],
)
def test_collections_from_stac_have_the_system_that_they_tell(content, catalogue, document, crs):
    catalogue.add({"type": "Collection", "id": "STAC", **document})

    assert content(graph(n=load("STAC", spatial_extent=UTM, bands=None))).grid.crs == crs


def test_other_dimensions_have_the_labels_that_the_collection_tells(content, catalogue):
    flat = {"x": {"type": "spatial", "axis": "x"}, "y": {"type": "spatial", "axis": "y"}}
    others = {
        "z": {"type": "spatial", "axis": "z", "extent": [0, 100], "step": 50},
        "level": {"type": "other", "values": ["surface", "top"]},
        "run": {"type": "other", "extent": [1, 9]},
    }
    catalogue.add("DEEP", dimensions=flat | others, temporal_extent=None)

    cube = content(graph(n=load("DEEP", spatial_extent=UTM, bands=None)))

    assert {each.name: each.labels for each in cube.dimensions if each.labels} == {
        "z": (0, 50, 100),
        "level": ("surface", "top"),
        "run": (1, 9),
    }
    assert len(cube.bands) == 1


def test_collections_of_geometries_have_some(content, catalogue):
    dimensions = {"places": {"type": "geometry"}, "t": {"type": "temporal"}}
    catalogue.add("FIELDS", dimensions=dimensions)

    cube = content(graph(n=load("FIELDS", spatial_extent=BOX, bands=None)))

    assert cube.grid is None
    assert cube.sizes["places"] == len(cube.geometries) == 1


def test_hourly_collections_have_their_instants(content, catalogue):
    catalogue.add("HOURLY", bands=["a"], step="PT1H", temporal_extent=["2020-01-01T00:30:00Z", None])
    period = ["2024-06-01T00:00:00Z", "2024-06-01T03:00:00Z"]

    cube = content(graph(n=load("HOURLY", spatial_extent=BOX, temporal_extent=period, bands=None)))

    assert cube.times == ("2024-06-01T00:30:00Z", "2024-06-01T01:30:00Z", "2024-06-01T02:30:00Z")


def test_too_many_instants_are_days(content, catalogue):
    catalogue.add("BUSY", bands=["a"], step="PT1S", temporal_extent=["2020-01-01T00:00:00Z", None])
    cube = content(
        graph(n=load("BUSY", spatial_extent=BOX, temporal_extent=["2024-06-01", "2024-06-04"], bands=None))
    )

    assert cube.times == tuple(f"2024-06-0{day}T00:00:00Z" for day in (1, 2, 3))


@pytest.mark.parametrize(
    ("collection", "arguments", "words"),
    [
        ("CGLS_SSM_1KM", {"spatial_extent": {"west": 60, "south": 36, "east": 61, "north": 37}}, "covers"),
        (
            "SENTINEL2_L2A",
            {"temporal_extent": ["2025-07-01", "2025-08-01"]},
            "2025-06-01T12:00:00Z, which is now",
        ),
        ("COPERNICUS_30", {"spatial_extent": {"west": 0, "south": 95, "east": 1, "north": 96}}, "covers"),
        ("ESA_WORLDCOVER_10M_2021_V2", {"temporal_extent": ["2022-01-01", "2022-02-01"]}, "which is its end"),
    ],
)
def test_where_nothing_is_there_are_no_data(content, collection, arguments, words):
    with pytest.raises(OpenEOError, match=words) as raised:
        content(graph(n=load(collection, bands=None, **({"spatial_extent": BOX} | arguments))))
    assert (raised.value.openeo_code, raised.value.status_code) == ("NoDataAvailable", 400)


def test_later_there_are_more_data(content):
    node = load("SENTINEL2_L2A", spatial_extent=BOX, temporal_extent=["2025-07-01", "2025-08-01"])

    assert len(content(graph(n=node), now=datetime(2026, 1, 1, tzinfo=UTC)).times) == 6


@pytest.mark.parametrize("crs", ["EPSG:999999", 999999, "nonsense", "PROJCS[bad"])
def test_unknown_coordinate_systems_are_refused(content, crs):
    with pytest.raises(OpenEOError, match="'spatial_extent' in process 'load_collection'") as raised:
        content(graph(n=load(spatial_extent=UTM | {"crs": crs})))
    assert raised.value.openeo_code == "ProcessParameterInvalid"


def test_collections_that_do_not_exist_are_loaded_all_the_same(content):
    cube = content(graph(n=load("NOWHERE", spatial_extent=BOX)))

    assert cube.sizes == {"x": 112, "y": 112, "t": 1, "bands": 2}


def test_stac_of_this_back_end_is_the_collection(content):
    url = "https://openeo.test/collections/SENTINEL2_L2A"
    arguments = {"spatial_extent": UTM, "temporal_extent": ["2022-06-01", "2022-07-01"], "bands": ["B04"]}

    stac = content(graph(n=call("load_stac", url=url, **arguments)))

    assert stac == content(graph(n=load("SENTINEL2_L2A", **arguments)))


@pytest.mark.parametrize(
    ("process_id", "arguments", "dimensions"),
    [
        ("load_stac", {"url": "https://elsewhere.test/items/7"}, ["x", "y", "t", "bands"]),
        ("load_uploaded_files", {"paths": ["a.tif"], "format": "GTiff"}, ["x", "y", "bands"]),
        ("load_uploaded_files", {"paths": ["a.json"], "format": "GeoJSON"}, ["geometry"]),
        ("load_url", {"url": "https://elsewhere.test/a.nc", "format": "netcdf"}, ["x", "y", "bands"]),
        ("load_url", {"url": "https://elsewhere.test/a", "format": "PARQUET"}, ["geometry"]),
    ],
)
def test_of_other_sources_something_usual_comes(content, process_id, arguments, dimensions):
    cube = content(graph(n=call(process_id, **arguments)))

    assert [each.name for each in cube.dimensions] == dimensions
    assert cube.count > 0


def test_facts_of_collections_are_found_out_once(catalogue):
    collection = catalogue.known("SENTINEL2_L2A")

    assert holding_of(collection) is holding_of(collection)


@pytest.mark.parametrize(
    ("facts", "crs"),
    [
        ({"epsg": 4326, "resolution": 10_000}, "EPSG:4326"),
        ({"epsg": 3857, "resolution": 10_000}, "EPSG:3857"),
        ({"epsg": 3035, "resolution": 1000, "spatial_extent": [5, 45, 15, 50]}, "EPSG:3035"),
        ({"resolution": 1000, "spatial_extent": [8, 45, 15, 50]}, "EPSG:32632"),
        # Wider than what a zone of UTM is good for.
        ({"resolution": 10_000, "spatial_extent": [-50, 45, 50, 50]}, "EPSG:4326"),
    ],
)
def test_whole_collections(content, catalogue, facts, crs):
    catalogue.add("MINE", bands=["a"], **facts)

    grid = content(graph(n=load("MINE", spatial_extent=None, bands=None))).grid

    assert grid.crs == crs
    assert 1000 < grid.pixels < 50_000_000


@pytest.mark.parametrize(
    "dimensions", [None, {"t": {"type": "temporal"}, "bands": {"type": "bands", "values": []}}]
)
def test_collections_of_which_hardly_anything_is_told(content, catalogue, dimensions):
    document = {"type": "Collection", "id": "VAGUE"} | ({"cube:dimensions": dimensions} if dimensions else {})
    catalogue.add(document)

    cube = content(graph(n=load("VAGUE", spatial_extent=BOX, bands=None)))

    assert len(cube.bands) == 1


@pytest.mark.parametrize(
    "place",
    [
        {"type": "FeatureCollection", "features": []},
        FEATURE | {"geometry": None},
        {"type": "GeometryCollection", "geometries": [POLYGON]},
        {"west": None, "south": 1, "east": 2, "north": 3},
        "somewhere",
    ],
)
def test_areas_that_are_none(content, place):
    cube = content(
        graph(
            n=load("AGERA5", spatial_extent=place, temporal_extent=["2024-06-01", "2024-06-02"], bands=None)
        )
    )

    assert cube.count > 0


def test_systems_that_are_not_for_the_whole_earth(content, catalogue):
    seen = "+proj=geos +h=35785831 +lon_0=0 +type=crs"
    flat = {
        axis: {
            "type": "spatial",
            "axis": axis,
            "reference_system": seen,
            "extent": [-5e6, 5e6],
            "step": 10_000,
        }
        for axis in "xy"
    }
    catalogue.add("FROM_ABOVE", dimensions=flat, temporal_extent=None)

    near = {"west": 10, "south": 0, "east": 20, "north": 5}
    assert content(graph(n=load("FROM_ABOVE", spatial_extent=None, bands=None))).grid.crs == "EPSG:4326"
    assert content(graph(n=load("FROM_ABOVE", spatial_extent=near, bands=None))).grid.crs.startswith(
        "PROJCRS"
    )
