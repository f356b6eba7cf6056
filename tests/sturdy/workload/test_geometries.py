"""Small geometries that cross themselves very often cost no more than their size, or are refused.

What is counted elsewhere are calls of Python; here it is GEOS that took minutes.
"""

import time
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import pytest
import shapely

from mock_backend.engine.steps import crossings
from mock_backend.engine.steps.widening import widened
from mock_backend.errors import ProcessGraphComplexity
from validation_cases.building import BOX, call, child, graph, load, par, ref

#: Seconds of processor time: a hundred times what is needed, less than a tenth of what was.
ENOUGH = 10

RING = (np.random.default_rng(1).random((700, 2)) * 0.004 + [BOX["west"], BOX["south"]]).tolist()
POLYGON = {"type": "Polygon", "coordinates": [[*RING, RING[0]]]}
LINE = {"type": "LineString", "coordinates": RING}
MEAN = child(m=call("mean", data=par("data")))
ABSOLUTE = child(a=call("absolute", x=par("data")))


def feature(geometry):
    return {"type": "Feature", "properties": {}, "geometry": geometry}


@contextmanager
def soon():
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < ENOUGH


def small():
    """Return a node that loads a few pixels."""
    box = {
        "west": BOX["west"],
        "south": BOX["south"],
        "east": BOX["west"] + 0.004,
        "north": BOX["south"] + 0.004,
    }
    return load(spatial_extent=box, temporal_extent=["2024-06-01", "2024-06-10"])


@pytest.mark.parametrize(
    "step",
    [
        call("mask_polygon", data=ref("a"), mask=POLYGON),
        call("filter_spatial", data=ref("a"), geometries=POLYGON),
        call("apply_polygon", data=ref("a"), geometries=POLYGON, process=ABSOLUTE),
        call("aggregate_spatial", data=ref("a"), geometries=POLYGON, reducer=MEAN),
        call("mask_polygon", data=ref("a"), mask=LINE),
    ],
    ids=lambda step: step["process_id"],
)
def test_pixels_within_a_polygon_of_many_crossings(api, step):
    save = call("save_result", data=ref("b"), format="JSON")

    with soon():
        answer = api("POST /result", json={"process": {"process_graph": graph(a=small(), b=step, c=save)}})

    assert answer.status_code == 200


def test_vectors_of_many_crossings_are_chosen_by_a_box(api):
    vectors = call("load_geojson", data=feature(POLYGON), properties=[])
    chosen = call("filter_bbox", data=ref("a"), extent=BOX)
    save = call("save_result", data=ref("b"), format="GeoJSON")

    with soon():
        answer = api("POST /result", json={"process": {"process_graph": graph(a=vectors, b=chosen, c=save)}})

    assert len(answer.json()["features"]) == 1


@pytest.mark.parametrize("kind", ["Polygon", "LineString"])
def test_a_search_by_a_geometry_that_goes_all_over_the_globe(api, kind):
    line = np.random.default_rng(1).uniform([-180, -80], [180, 80], (10_000, 2)).tolist()
    geometry = {"type": kind, "coordinates": [[*line, line[0]]] if kind == "Polygon" else line}

    with soon():
        answer = api(
            "POST /search", json={"collections": ["SENTINEL2_L2A"], "intersects": geometry, "limit": 1}
        )

    assert answer.json()["numberReturned"] == 1


def test_a_search_by_a_geometry_that_crosses_too_many_tiles_is_refused(api, assert_error):
    line = [[0, -80], [1, 80]] * 20_000

    with soon():
        answer = api("POST /search", json={"intersects": {"type": "LineString", "coordinates": line}})

    assert_error(answer, 400, "RequestInvalid", "intersects is too complex: its edges cross rows")


@pytest.mark.parametrize(
    "step",
    [
        call("filter_vector", data=ref("a"), geometries=ref("a"), relation="within"),
        call("vector_buffer", geometries=ref("a"), distance=10),
    ],
    ids=lambda step: step["process_id"],
)
@pytest.mark.parametrize("geometry", [POLYGON, LINE], ids=["polygon", "line"])
def test_geometries_of_many_crossings_are_not_widened_or_mended(api, geometry, step):
    vectors = call("load_geojson", data=feature(geometry), properties=[])

    with soon():
        found = api("POST /validation", json={"process_graph": graph(a=vectors, b=step)}).json()["errors"]

    assert [each["code"] for each in found] == ["ProcessGraphComplexity"]
    assert "cross about" in found[0]["message"]


TURNS = np.linspace(0, 2 * np.pi, 2_000, endpoint=False)
AROUND = np.stack([np.cos(TURNS), np.sin(TURNS)], axis=1)
WIDENED = {
    "points": shapely.MultiPoint(np.random.default_rng(1).random((2_000, 2)) * 1000),
    "zigzag": shapely.LineString(np.stack([np.arange(2_000.0) / 2, np.arange(2_000.0) % 2 * 1000], axis=1)),
    "star": shapely.Polygon(AROUND * np.where(np.arange(2_000) % 2, 500, 100)[:, None]),
    "ring": shapely.Polygon(AROUND * 500, [AROUND * 250]),
}


@pytest.mark.parametrize("name", WIDENED)
@pytest.mark.parametrize("distance", [300, -3])
def test_geometries_whose_surroundings_overlap_are_widened_in_pieces(name, distance):
    """A thousand points that are near one another took 23 seconds."""
    shape = WIDENED[name]
    shapes = np.array([shape, None, shapely.Point(1, 2)], object)
    with soon():
        found = widened(shapes, distance)

    rng = np.random.default_rng(2)
    places = shapely.points(rng.uniform(-1000, 2000, (3_000, 2)))
    far = shapely.distance(shape, places)
    if shape.area:
        far -= np.where(far > 0, 0, shapely.distance(shape.boundary, places))
    # On the safe side of the border: circles have 64 corners, and detail is left out.
    margin = abs(distance) / 50
    assert shapely.contains(found[0], places[far < distance - margin]).all()
    assert not shapely.intersects(found[0], places[far > distance + margin]).any()
    assert found[1] is None
    assert found[2].is_empty == (distance < 0)


@pytest.mark.parametrize(
    ("shape", "distance", "message"),
    [
        (shapely.MultiPoint(np.random.default_rng(1).random((40_000, 2))), 1, "about 2,600,000 positions"),
        (
            shapely.LineString(np.stack([np.arange(2e4), np.arange(2e4) % 2 * 1e4], axis=1)),
            9,
            "near one another",
        ),
    ],
    ids=["positions", "edges"],
)
def test_what_would_be_widened_to_very_much_is_refused(shape, distance, message):
    with soon(), pytest.raises(ProcessGraphComplexity, match=message):
        widened(np.array([shape, None], object), distance)


def test_detailed_borders_are_widened_by_any_distance():
    """Vertices are near many others, as they are in reality; GEOS makes nearly the same."""
    rng = np.random.default_rng(3)
    noise = np.fft.irfft(rng.normal(size=10_001) / np.maximum(np.arange(10_001), 1) ** 1.6, 20_000)
    turns = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    radius = 30_000 * (1 + noise / np.abs(noise).max() / 2)
    coast = shapely.Polygon(np.stack([radius * np.cos(turns), radius * np.sin(turns)], axis=1))
    for distance in (50, 500, 5_000):
        found, _ = widened(np.array([coast, None], object), distance)
        assert found.area == pytest.approx(shapely.buffer(coast, distance).area, rel=0.01)


@pytest.mark.parametrize(
    "step",
    [
        call("vector_to_random_points", data=ref("a"), geometry_count=1000),
        call("vector_to_regular_points", data=ref("a"), distance=1),
    ],
    ids=lambda step: step["process_id"],
)
def test_points_have_a_bound(api, step):
    """A thousand polygons with a thousand points each took two gigabytes."""
    boxes = [shapely.geometry.mapping(shapely.box(5 + each, 51, 5.01 + each, 51.01)) for each in range(150)]
    geometries = {"type": "FeatureCollection", "features": list(map(feature, boxes))}
    vectors = call("load_geojson", data=geometries, properties=[])
    with soon():
        found = api("POST /validation", json={"process_graph": graph(a=vectors, b=step)}).json()["errors"]

    assert [each["code"] for each in found] == ["ProcessGraphComplexity"]
    assert "100,000 is the most" in found[0]["message"]


def wheel(count):
    """Return triangles around a point, where all of them meet."""
    turns = np.linspace(0, 2 * np.pi, count + 1)
    rim = (np.stack([np.cos(turns), np.sin(turns)], axis=1) * 0.004 + [5.005, 51.205]).tolist()
    rings = [[[5.005, 51.205], *pair, [5.005, 51.205]] for pair in pairwise(rim)]
    return [feature({"type": "Polygon", "coordinates": [ring]}) for ring in rings]


def codes_for_polygons(api, features):
    """Return the codes of what is wrong with ``apply_polygon`` for some features."""
    geometries = {"type": "FeatureCollection", "features": features}
    step = call("apply_polygon", data=ref("a"), geometries=geometries, process=ABSOLUTE)
    with soon():
        found = api("POST /validation", json={"process_graph": graph(a=small(), b=step)}).json()["errors"]
    return [each["code"] for each in found]


@pytest.mark.parametrize(
    ("count", "code"), [(100, None), (2_000, "ProcessGraphComplexity")], ids=["a few", "many"]
)
def test_polygons_of_which_all_meet_are_not_looked_at_in_pairs(api, count, code):
    assert codes_for_polygons(api, wheel(count)) == ([code] if code else [])


def test_polygons_that_overlap_are_found_soon(api):
    squares = [
        shapely.geometry.mapping(shapely.box(5 + each / 1e7, 51.2, 5.01 + each / 1e7, 51.21))
        for each in range(900)
    ]
    assert codes_for_polygons(api, list(map(feature, squares))) == ["GeometriesOverlap"]


def test_two_polygons_that_cross_very_often_overlap(api):
    """Their teeth cross a million times."""

    def comb(turned):
        teeth = [
            [0.0, 0.0],
            *([x / 1000, y] for x in range(1, 1001) for y in ((0.1, 1) if x % 2 else (1, 0.1))),
            [1.001, 0.0],
        ]
        return [[y, x] if turned else [x, y] for x, y in (*teeth, teeth[0])]

    polygons = [{"type": "Polygon", "coordinates": [comb(turned)]} for turned in (False, True)]
    assert all(shapely.is_valid(shapely.geometry.shape(each)) for each in polygons)
    assert codes_for_polygons(api, list(map(feature, polygons))) == ["GeometriesOverlap"]


def brute_force(shape):
    """Return how often the edges of a ring cross."""
    points = shapely.get_coordinates(shape)
    edges = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    first, second = np.triu_indices(len(edges), k=2)
    return int(shapely.crosses(edges[first], edges[second]).sum())


def counted(shapes, **options):
    """Return the number of crossings that is told."""
    with pytest.raises(ProcessGraphComplexity) as refused:
        crossings.limit_crossings(np.array([*shapes, None], object), -1, **options)
    return int(str(refused.value).split("about ")[1].split(" times")[0].replace(",", ""))


@pytest.mark.parametrize("count", [4, 60, 600])
def test_crossings_are_estimated(count):
    ring = shapely.Polygon(np.random.default_rng(count).random((count, 2)))

    exact = brute_force(ring)
    assert counted([ring]) == exact if count < 500 else counted([ring]) == pytest.approx(exact, rel=0.1)


def test_a_few_wild_edges_among_many_are_seen():
    many = [shapely.box(x, y, x + 1, y + 1) for x in range(0, 200, 2) for y in range(0, 200, 2)]
    wild = shapely.Polygon(np.random.default_rng(2).uniform(300, 301, (300, 2)))

    assert counted([*many, wild]) == pytest.approx(brute_force(wild), rel=0.1)


def test_geometries_that_cross_others_count_where_they_are_joined():
    squares = [shapely.box(x / 4, x / 4, x / 4 + 10, x / 4 + 10) for x in range(40)]

    assert counted(squares) == 0
    assert counted(squares, joined=True) == pytest.approx(40 * 39, rel=0.2)


def test_what_is_in_order_is_never_refused():
    """However many edges meet, or fall together, none of them crosses another one."""
    squares = [shapely.box(x, y, x + 1, y + 1) for x in range(40) for y in range(40)]
    circle = shapely.Point(5, 51).buffer(1, quad_segs=20_000)

    crossings.limit_crossings(
        np.array([*squares, *squares, circle, shapely.Point(1, 2), None], object), 0, joined=True
    )
