"""Small process graphs that ask for much work are refused, or cost no more than their size."""

import pytest

from mock_backend import workload
from mock_backend.engine.core import callbacks
from mock_backend.processes.validation import schema_check
from mock_backend.results.formats import rasters
from mock_backend.settings import AppSettings
from mock_backend.workload import CHAIN, DEPTH
from validation_cases.building import call, child, graph, load, one, par, process, ref

from .conftest import CALLS, HELD, STEPS, VALUES, chained, counted


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


def test_files_of_many_dates_are_refused_and_those_of_many_nodes_are_told_apart(
    api, assert_error, monkeypatch
):
    monkeypatch.setattr(rasters, "_MOST", 500)
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
