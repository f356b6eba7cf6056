"""Pixels of what is loaded: their coordinate system, edges and sizes."""

import numpy as np
import pytest

from engine_cases.reflectances import SMALL, UTM
from mock_backend.errors import OpenEOError
from validation_cases.building import BOX, FEATURE, POLYGON, call, graph, load, ref

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


@pytest.mark.parametrize("crs", ["EPSG:999999", 999999, "nonsense", "PROJCS[bad"])
def test_unknown_coordinate_systems_are_refused(content, crs):
    with pytest.raises(OpenEOError, match="'spatial_extent' in process 'load_collection'") as raised:
        content(graph(n=load(spatial_extent=UTM | {"crs": crs})))
    assert raised.value.openeo_code == "ProcessParameterInvalid"


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
