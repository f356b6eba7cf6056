"""Small requests that ask for much work are refused, or cost no more than their size."""

import math
import sys
from contextlib import contextmanager

import pytest

from mock_backend import workload
from mock_backend.engine.core import callbacks
from mock_backend.processes.validation import schema_check
from mock_backend.results.formats import pieces
from mock_backend.settings import AppSettings
from mock_backend.workload import CHAIN, DEPTH
from validation_cases.building import call, child, graph, load, one, par, process, ref

#: Number of calls of functions, and returns from them, that is enough for what is asked here.
ENOUGH = 4_000_000
#: Limits that are smaller than usual, so that they are reached soon.
STEPS, CALLS, VALUES, HELD = 3_000, 4_000, 100_000, 10_000


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch):
    for name, most in (("STEPS", STEPS), ("CALLS", CALLS), ("VALUES", VALUES)):
        monkeypatch.setattr(workload, name, most)
    monkeypatch.setattr(callbacks, "_MOST_HELD", HELD)


class Unbounded(BaseException):
    """Not an ``Exception``, so that no handler takes it for a failure of a request."""


@contextmanager
def counted():
    """Count calls of functions, and end work without a bound, however fast or busy the machine is."""
    left = ENOUGH

    def note(*_):
        nonlocal left
        left -= 1
        if left < 0:
            raise Unbounded

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)


def chained(process_id, count, first, **arguments):
    """Return a graph in which each node takes the one before for each argument that is Ellipsis."""

    def filled(value, source):
        if isinstance(value, list):
            return [filled(each, source) for each in value]
        return ref(source) if value is ... else value

    nodes = {"n0": first}
    for number in range(1, count + 1):
        own = {name: filled(each, f"n{number - 1}") for name, each in arguments.items()}
        nodes[f"n{number}"] = call(process_id, **own)
    return graph(**nodes)


def nested(count, inner):
    """Return a graph of ``array_apply`` over two elements, in itself."""
    for _ in range(count):
        inner = one("array_apply", data=[1, 2], process={"process_graph": inner})
    return inner


ABSOLUTE = child(c=call("absolute", x=par("x")))
NUMBERS = call("array_create", data=[1], repeat=VALUES // 8)
ADDING = process(graph(a=call("add", x=par("y"), y=1)), y={"type": "number"})
TWICE = {"u0": ADDING} | {
    f"u{number}": process(
        graph(a=call(f"u{number - 1}", y=par("y")), b=call(f"u{number - 1}", y=ref("a"))),
        y={"type": "number"},
    )
    for number in range(1, 30)
}
LARGE = {
    "p": process(
        graph(**{f"n{number}": call("array_concat", array1=par("y"), array2=[1]) for number in range(200)}),
        y={"type": "array"},
    )
}
COPIES = chained("text_concat", 40, call("text_concat", data=["some text", "more"]), data=[..., ...])

REFUSED = {
    "texts that double": (COPIES, {}, VALUES),
    "arrays that double": (
        chained("array_concat", 40, call("array_create", data=[1, 2]), array1=..., array2=...),
        {},
        VALUES,
    ),
    "arrays that hold the one before twice": (
        chained("array_create", 40, call("array_create", data=[1, 2]), data=[..., ...]),
        {},
        VALUES,
    ),
    "arrays in arrays": (
        chained("array_create", 2 * DEPTH, call("array_create", data=[1]), data=[...]),
        {},
        DEPTH,
    ),
    "many long texts": (
        graph(
            a=call("text_concat", data=["x" * 1000] * 1000),
            **{f"n{number}": call("text_concat", data=[ref("a"), number]) for number in range(200)},
            z=call("array_create", data=[ref(f"n{number}") for number in range(200)]),
        ),
        {},
        VALUES,
    ),
    "repeated beyond all numbers": (one("array_create", data=[1], repeat=1e300), {}, VALUES),
    "a large array, repeated": (
        graph(
            a=call("array_create", data=[[0.5] * 200], repeat=VALUES // 2),
            b=call("mean", data=ref("a")),
        ),
        {},
        VALUES,
    ),
    "a child process for each of many elements": (
        graph(a=NUMBERS, r=call("array_apply", data=ref("a"), process=ABSOLUTE)),
        {},
        CALLS,
    ),
    "child processes within one another": (nested(20, one("absolute", x=par("x"))), {}, CALLS),
    "too many nodes": (chained("add", 5000, call("add", x=1, y=1), x=..., y=1), {}, STEPS),
    "data cubes with ever more dimensions": (
        graph(
            n0=load(),
            **{
                f"n{number}": call("add_dimension", data=ref(f"n{number - 1}"), name=f"d{number}", label="x")
                for number in range(1, 1000)
            },
        ),
        {},
        STEPS,
    ),
    "too many steps of one data cube": (
        chained("apply", 210, load(), data=..., process=ABSOLUTE),
        {},
        CHAIN,
    ),
    "processes that call the one before twice": (one("u29", y=1), TWICE, STEPS),
    "the same in a child process": (
        graph(a=load(), b=call("apply", data=ref("a"), process=child(c=call("u29", y=par("x"))))),
        TWICE,
        STEPS,
    ),
    "a large argument, taken by many nodes": (one("p", y=list(range(5000))), LARGE, VALUES),
    "more values for each pixel than can be held": (
        graph(
            a=load(),
            b=call(
                "reduce_dimension",
                data=ref("a"),
                dimension="bands",
                reducer=child(
                    a=call("array_create", data=par("data"), repeat=20_000), b=call("sum", data=ref("a"))
                ),
            ),
        ),
        {},
        HELD,
    ),
}


@pytest.mark.parametrize(("process_graph", "own", "most"), REFUSED.values(), ids=REFUSED)
def test_what_asks_for_too_much_is_refused_by_name(api, process_graph, own, most):
    for name, each in own.items():
        assert api(f"PUT /process_graphs/{name}", json=each).status_code == 200

    with counted():
        problems = api("POST /validation", json={"process_graph": process_graph}).json()["errors"]
        refused = api("POST /jobs", json={"process": {"process_graph": process_graph}})

    assert [each["code"] for each in problems] == ["ProcessGraphComplexity"]
    assert refused.status_code == 400
    assert refused.json()["code"] == "ProcessGraphComplexity"
    for message in (problems[0]["message"], refused.json()["message"]):
        assert f"at most {most:,} are possible" in message
        assert len(message) < 500


@pytest.mark.parametrize(
    "process_graph",
    [
        one("power", base=10, p=10**9),
        chained("power", 400, call("add", x=1, y=2), base=..., p=...),
        chained("multiply", 400, call("add", x=1, y=2), x=..., y=...),
        graph(
            **{f"n{number}": call("u0", y=number + 0.5) for number in range(600)},
            z=call("sum", data=[ref(f"n{number}") for number in range(600)]),
        ),
        graph(
            a=call("array_create_labeled", data=list(range(1000)), labels=[f"a{n}" for n in range(1000)]),
            b=call("array_create_labeled", data=list(range(1000)), labels=[f"b{n}" for n in range(1000)]),
            c=call("array_concat", array1=ref("a"), array2=ref("b")),
        ),
    ],
    ids=["power", "powers of powers", "squares of squares", "a small process, called often", "labels"],
)
def test_what_asks_for_little_is_done(api, process_graph):
    api("PUT /process_graphs/u0", json=ADDING)

    with counted():
        assert api("POST /validation", json={"process_graph": process_graph}).json() == {"errors": []}


PLACE = {"west": 5.0, "south": 51.0, "east": 5.13, "north": 51.085}
MANY_FOR_EACH_PIXEL = child(
    a=call("array_create", data=par("data"), repeat=8000), b=call("sum", data=ref("a"))
)
KERNEL = [[(7 * row + 13 * column) % 17 / 16 for column in range(301)] for row in range(301)]


def test_a_synchronous_request_computes_no_more_than_an_answer_can_wait_for(api, assert_error, monkeypatch):
    monkeypatch.setattr(workload, "VALUES", 1 << 20)
    monkeypatch.setattr(callbacks, "_MOST_HELD", 1 << 16)
    step = call("reduce_dimension", data=ref("a"), dimension="t", reducer=MANY_FOR_EACH_PIXEL)
    asked = {"process": {"process_graph": graph(a=load(spatial_extent=PLACE), b=step)}}

    assert_error(api("POST /result", json=asked), 400, "ProcessGraphComplexity", "at most 34,359,738,368")

    assert api("POST /jobs", json=asked).status_code == 201


def test_a_kernel_of_many_factors_is_not_applied_factor_by_factor(mock_backend_factory, api_of):
    api = api_of(mock_backend_factory(settings=AppSettings(max_synchronous=3_000_000)))
    small = {"west": 5.0, "south": 51.0, "east": 5.002, "north": 51.002}
    dates = ["2024-06-01", "2024-06-10"]
    step = call("apply_kernel", data=ref("a"), kernel=KERNEL)
    asked = graph(a=load(spatial_extent=small, temporal_extent=dates, bands=["B04"]), b=step)

    assert api("POST /result", json={"process": {"process_graph": asked}}).status_code == 200


def test_settings_say_how_much_work_is_possible(mock_backend_factory, api_of, assert_error):
    settings = AppSettings(work_limit=0.01, max_synchronous=1000)
    api = api_of(mock_backend_factory(settings=settings))
    small = {"west": 5.0, "south": 51.0, "east": 5.001, "north": 51.001}
    nodes = {"process": {"process_graph": chained("add", 100, call("add", x=1, y=1), x=..., y=1)}}

    assert_error(api("POST /jobs", json=nodes), 400, "ProcessGraphComplexity", f"at most {STEPS // 100} ")
    loaded = {"process": {"process_graph": graph(a=load(spatial_extent=small))}}
    assert_error(api("POST /result", json=loaded), 400, "ProcessGraphComplexity", "at most 1,000 ")
    assert api("POST /jobs", json=loaded).status_code == 201


def square(x, y):
    ring = [[x, y], [x + 0.0005, y], [x + 0.0005, y + 0.0005], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def point(x, y):
    return {"type": "Point", "coordinates": [x, y]}


@pytest.mark.parametrize(("zone", "count"), [(square, 1600), (point, 6000)])
def test_many_zones_cost_little_more_than_what_is_in_them(api, zone, count):
    """Each was read by itself, with all that a date of a collection takes, and looked through often."""
    geometries = [zone(5 + 0.001 * (number % 100), 51 + 0.001 * (number // 100)) for number in range(count)]
    features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
    graph_ = graph(
        a=load(spatial_extent=PLACE),
        b=call(
            "aggregate_spatial",
            data=ref("a"),
            geometries={"type": "FeatureCollection", "features": features},
            reducer=child(m=call("mean", data=par("data"))),
        ),
        c=call("save_result", data=ref("b"), format="JSON"),
    )

    with counted():
        assert api("POST /result", json={"process": {"process_graph": graph_}}).status_code == 200


@pytest.mark.parametrize("count", [100, 158])
def test_a_chain_of_steps_is_computed(api, mock_backend, count):
    place = {"west": 5.0, "south": 51.2, "east": 5.001, "north": 51.201}
    steps = chained("apply", count, load(spatial_extent=place), data=..., process=ABSOLUTE)
    job_id = api.create(steps)
    api.start(job_id)
    mock_backend.clock.advance(days=1)

    [asset] = [
        each for each in api(f"GET /jobs/{job_id}/results").json()["assets"].values() if "tif" in each["type"]
    ][:1]

    assert api(f"GET {asset['href']}").status_code == 200


def test_of_many_wrong_names_the_first_ones_get_hints(api):
    wrong = graph(**{f"n{number}": call(f"nvdi_{number}") for number in range(500)})

    with counted():
        problems = api("POST /validation", json={"process_graph": wrong}).json()["errors"]

    assert len(problems) == 500
    assert "Did you mean 'ndvi'?" in problems[0]["message"]
    assert problems[-1]["message"].startswith("Process with identifier 'nvdi_499' is not available")


def test_wrong_names_are_not_compared_with_thousands_that_a_client_has_sent(api):
    graph_ = graph(**{f"n{number}": call("absolute", x=par(f"abc{number}")) for number in range(1500)})
    parameters = [{"name": f"abd{number}", "schema": {}, "default": 1} for number in range(1500)]
    asked = {"process": {"process_graph": graph_, "parameters": parameters}}

    with counted():
        assert api("POST /jobs", json=asked).json()["code"] == "ProcessParameterRequired"


def ring(count):
    """Return the coordinates of a star."""
    turns = [2 * math.pi * number / count for number in range(count)]
    sizes = [3 - number % 2 for number in range(count)]
    found = [
        [11 + size * math.cos(turn), 46 + size * math.sin(turn)]
        for size, turn in zip(sizes, turns, strict=True)
    ]
    return [*found, found[0]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [ring(10_000)]},
        {"type": "MultiPoint", "coordinates": ring(10_000)},
        {"type": "MultiPolygon", "coordinates": [[ring(3)]] * 3000},
    ],
    ids=["corners", "points", "polygons"],
)
def test_a_search_by_a_large_geometry(api, geometry):
    asked = {"collections": ["SENTINEL2_L2A"], "intersects": geometry, "limit": 1}

    with counted():
        assert api("POST /search", json=asked).json()["numberReturned"] == 1


def test_a_search_by_a_large_filter_ends_its_page_early(api):
    clouds = {"property": "eo:cloud_cover"}
    asked = {
        "collections": ["SENTINEL2_L2A"],
        "filter-lang": "cql2-json",
        "filter": {
            "op": "or",
            "args": [{"op": "=", "args": [clouds, 200 + number]} for number in range(1000)],
        },
    }

    with counted():
        page = api("POST /search", json=asked).json()

    assert page["features"] == []
    assert page["links"][-1]["rel"] == "next"


def test_a_search_by_many_ids_looks_at_each_once(api):
    known = api("POST /search", json={"collections": ["SENTINEL2_L2A"], "limit": 2}).json()["features"]
    ids = [each["id"] for each in known] + [f"LANDSAT_{number}" for number in range(100_000)]

    with counted():
        found = api("POST /search", json={"ids": ids}).json()

    assert [each["id"] for each in found["features"]] == ids[:2]
    assert found["numberMatched"] == 2


@pytest.mark.parametrize("asked", [{"bbox": ["x"] * 1000}, {"ids": [1] * 1000}, {"collections": [1] * 1000}])
def test_a_search_tells_the_first_of_many_errors(api, assert_error, asked):
    answer = api("POST /search", json=asked)

    assert_error(answer, 400, "RequestInvalid", f"{next(iter(asked))}.0")
    assert len(answer.content) < 500


def test_files_of_many_dates_are_refused_and_those_of_many_nodes_are_told_apart(
    api, assert_error, monkeypatch
):
    monkeypatch.setattr(pieces, "_MOST", 500)
    intervals = [["2024-06-01", "2024-06-02"]] * 600
    dates = call(
        "aggregate_temporal",
        data=ref("a"),
        intervals=intervals,
        labels=list(map(str, range(600))),
        reducer=child(m=call("mean", data=par("data"))),
    )
    saved = {f"n{number}": call("save_result", data=ref("a"), format="GTiff") for number in range(300)}

    with counted():
        refused = api("POST /jobs", json={"process": {"process_graph": graph(a=load(), b=dates)}})
        taken = api("POST /jobs", json={"process": {"process_graph": graph(a=load(), **saved)}})

    assert_error(refused, 400, "ProcessGraphComplexity", "500 files")
    assert taken.status_code == 201


def test_schemas_whose_parts_refer_to_others_twice_are_not_held_to(api):
    parts = {
        f"d{number}": {"allOf": [{"$ref": f"#/definitions/d{number - 1}"}] * 2} for number in range(1, 60)
    }
    schema = {"definitions": {"d0": {"type": "object"}, **parts}, "allOf": [{"$ref": "#/definitions/d59"}]}
    own = process(graph(a=call("add", x=1, y=2)), y=schema)
    assert api("PUT /process_graphs/p", json=own).status_code == 200

    found = api("POST /validation", json={"process_graph": one("p", y={})})

    assert found.json() == {"errors": []}


def test_texts_that_are_not_unicode_never_reach_the_validator(api, monkeypatch):
    """It took two milliseconds for each."""
    labels, seen = ["a\udfff"] * 501, []
    monkeypatch.setattr(schema_check._Alternative, "takes", lambda _, value: seen.append(value) or True)
    step = graph(a=call("array_create_labeled", data=[1], labels=labels))

    problems = api("POST /validation", json={"process_graph": step}).json()["errors"]

    assert any("not valid Unicode" in each["message"] for each in problems)
    assert labels not in seen
