"""Values that are JSON, and that nothing expects, get an answer or a clear error."""

import json

import pytest
import requests

from mock_backend import Clock
from mock_backend.engine.udf.capture import json_or_description
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.lifecycle.lines import Line

GRAPH = {"n": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
HALF = "\ud800"


def of(process_id, **arguments):
    """Return a process graph of one node."""
    return {"n": {"process_id": process_id, "arguments": arguments, "result": True}}


@pytest.fixture
def ask(api):
    """Send JSON, also that of half a surrogate pair, and check the form of the answer."""

    def send(route, body):
        answer = api(route, data=json.dumps(body), headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.json().keys() == {"code", "message"}
        return answer

    return send


@pytest.mark.parametrize("parameters", [1, True, 1e308, "x", {}, [None], [1], [{"name": 1}]])
def test_parameters_that_are_no_list(ask, parameters):
    found = ask("POST /validation", {"process_graph": GRAPH, "parameters": parameters})

    assert found.json() == {"errors": []}


@pytest.mark.parametrize("route", ["POST /result", "POST /jobs"])
@pytest.mark.parametrize("text", [HALF, "a\udfffb"])
@pytest.mark.parametrize(
    "body",
    [
        lambda text: {"process": {"process_graph": of("array_create", data=[text])}},
        lambda text: {"process": {"process_graph": {text: GRAPH["n"]}}},
        lambda text: {"process": {"process_graph": GRAPH}, "title": text},
        lambda text: {"process": {"process_graph": GRAPH}, "made_up": {text: text}},
    ],
)
def test_half_a_surrogate_pair_is_no_text(ask, body, text, route):
    answer = ask(route, body(text))

    assert (answer.status_code, answer.json()["code"]) == (400, "RequestInvalid")


def test_half_a_surrogate_pair_in_what_is_loaded(mock_backend, ask):
    point = {"type": "Point", "coordinates": [5, 51]}
    feature = {"type": "Feature", "geometry": point, "properties": {HALF: HALF}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    mock_backend.add_url("https://example.org/points.geojson", content)
    url = {"url": "https://example.org/points.geojson", "format": "GeoJSON"}
    nodes = {"n": {"process_id": "load_url", "arguments": url}}
    save = {"data": {"from_node": "n"}, "format": "CSV"}
    nodes["s"] = {"process_id": "save_result", "arguments": save, "result": True}

    ask("POST /result", {"process": {"process_graph": nodes}})


def test_half_a_surrogate_pair_in_what_a_function_tells():
    # Not by a job: what tests log must be texts that pytest can hand on.
    failure = UdfFailure.of(ValueError(HALF))

    assert Line("info", f"told {HALF}").message == "told \\ud800"
    assert json_or_description([HALF]) == "['\\ud800']"
    assert "ValueError: \\ud800" in failure.message
    assert "ValueError: \\ud800" in failure.stacktrace


@pytest.mark.parametrize("value", [HALF, [HALF], 10**400, -(10**400), 1e308, True, None, {HALF: HALF}])
@pytest.mark.parametrize(
    "member",
    ["ids", "bbox", "intersects", "datetime", "token", "filter", "filter-lang", "filter-crs", "sortby", HALF],
)
def test_searches_for_odd_values(ask, member, value):
    ask("POST /search", {"collections": ["SENTINEL2_L2A"], "limit": 1, member: value})


@pytest.mark.parametrize("number", [10**400, 1e308, -1e308])
def test_coordinates_beyond_all(ask, number):
    point = {"type": "Point", "coordinates": [number, 1]}
    ring = {"type": "Polygon", "coordinates": [[[number, 0], [1, 2], [3, 4], [number, 0]]]}
    box = {"west": -abs(number), "south": -abs(number), "east": abs(number), "north": abs(number)}
    for geometry in (point, ring):
        ask("POST /search", {"intersects": geometry})
        for graph in (
            of("vector_buffer", geometries=geometry, distance=number),
            of("load_collection", id="SENTINEL2_L2A", spatial_extent=geometry, temporal_extent=None),
            of("load_geojson", data=geometry),
        ):
            ask("POST /validation", {"process_graph": graph})
            ask("POST /result", {"process": {"process_graph": graph}})
    ask(
        "POST /validation",
        {
            "process_graph": of(
                "load_collection", id="SENTINEL2_L2A", spatial_extent=box, temporal_extent=None
            )
        },
    )


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e308])
def test_windows_of_any_size(ask, number):
    load = {
        "process_id": "load_collection",
        "arguments": {
            "id": "SENTINEL2_L2A",
            "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.001, "north": 51.201},
            "temporal_extent": ["2024-06-01", "2024-06-03"],
        },
    }
    mean = {"process_id": "mean", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    arguments = {
        "data": {"from_node": "l"},
        "reducer": {"process_graph": {"m": mean}},
        "size": [number, number],
    }
    window = {"process_id": "aggregate_spatial_window", "arguments": arguments, "result": True}

    ask("POST /validation", {"process_graph": {"l": load, "w": window}})


def test_bodies_of_very_many_arrays_are_refused(ask):
    answer = ask("POST /jobs", {"process": [[]] * 600_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "RequestInvalid")


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "9999-12-31T22:00:00Z"])
def test_the_ends_of_time(mock_backend_factory, api_of, start):
    backend = mock_backend_factory(clock=Clock(start))
    api = api_of(backend)
    job_id = api.create(GRAPH)
    api.start(job_id)
    backend.clock.advance(hours=1)
    issuer = api("GET /credentials/oidc").json()["providers"][0]["issuer"]

    job = [f"/jobs/{job_id}{each}" for each in ("", "/results", "/logs", "/estimate")]
    for route in (
        "PUT /files/a",
        *(f"GET {each}" for each in (*job, "/jobs", "/files/a", "/files", "/", "/me")),
    ):
        assert api(route, data=b"x" if "PUT" in route else None).status_code == 200, route
    form = {
        "grant_type": "password",
        "client_id": "openeo-default",
        "username": "alice",
        "password": "secret",
    }
    form["scope"] = "openid offline_access"
    assert requests.post(f"{issuer}/token", data=form, timeout=5).json().keys() >= {"refresh_token"}
    with pytest.raises(ValueError, match="year 9999"):
        backend.clock.advance(days=366 * 10_000)


ABSOLUTE = {"process_id": "absolute", "arguments": {"x": {"from_parameter": "data"}}, "result": True}
MEAN = {"process_id": "mean", "arguments": {"data": {"from_parameter": "data"}}, "result": True}


@pytest.mark.parametrize("far", [1e10, 1e160, 1.7e308])
@pytest.mark.parametrize(
    ("process_id", "name", "others"),
    [
        ("mask_polygon", "mask", {}),
        ("filter_spatial", "geometries", {}),
        ("apply_polygon", "geometries", {"process": {"process_graph": {"n": ABSOLUTE}}}),
        ("aggregate_spatial", "geometries", {"reducer": {"process_graph": {"n": MEAN}}}),
    ],
)
@pytest.mark.parametrize("collection", ["SENTINEL2_L2A", "COPERNICUS_30"])
def test_polygons_with_corners_beyond_all_distances(ask, collection, process_id, name, others, far):
    around = [[-far, -far], [far, -far], [far, far], [-far, far], [-far, -far]]
    bow_tie = [[0, 0], [far, far], [far, -far], [-far, far], [-far, -far], [0, 0]]
    extent = {"west": 5, "south": 51, "east": 5.001, "north": 51.001}
    cube = {"id": collection, "spatial_extent": extent, "temporal_extent": ["2024-06-01", "2024-06-06"]}

    for coordinates in ([[around]], [[bow_tie]], [[around], [bow_tie]]):
        arguments = {
            "data": {"from_node": "cube"},
            name: {"type": "MultiPolygon", "coordinates": coordinates},
        }
        nodes = {
            "cube": {"process_id": "load_collection", "arguments": cube},
            "n": {"process_id": process_id, "arguments": arguments},
            "save": {
                "process_id": "save_result",
                "arguments": {"data": {"from_node": "n"}, "format": "JSON"},
                "result": True,
            },
        }
        ask("POST /result", {"process": {"process_graph": nodes}})
