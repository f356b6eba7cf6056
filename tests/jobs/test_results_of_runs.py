"""Results belong to a start of a job: what it was asked then, and nothing that was asked before or since."""

import io
import json
import tarfile

import pytest
import requests

from mock_backend import JobPlan
from mock_backend.results import File
from mock_backend.results.documents.result_files import forget_files
from mock_backend.results.formats.tables.csv_table import Csv


@pytest.fixture(autouse=True)
def at_once(mock_backend):
    mock_backend.plan(JobPlan.immediate())


@pytest.fixture
def finish(api):
    """Run a job and return its id."""

    def run(graph, **members):
        job_id = api.create(graph, **members)
        api.start(job_id)
        return job_id

    return run


@pytest.fixture
def names(api):
    """Return the names of the assets of a job."""
    return lambda job_id: list(api(f"GET /jobs/{job_id}/results").json()["assets"])


def saving(graph, format_, **options):
    save = {"process_id": "save_result", "arguments": {"data": {"from_node": "ndvi"}, "format": format_}}
    save["arguments"]["options"] = options
    return {**graph, "save": save | {"result": True}}


def test_a_reset_forgets_results(mock_backend, finish, names, graph):
    first = finish(saving(graph, "GTiff"))
    assert names(first)[0].endswith(".tif")

    mock_backend.reset()
    mock_backend.plan(JobPlan.immediate())
    again = finish(saving(graph, "netCDF"))

    assert again == first
    assert names(again) == ["openEO.nc"]


def test_a_large_table_is_written_once_for_all_its_requests(api, mock_backend, finish, graph, monkeypatch):
    field = {"type": "Point", "coordinates": [5.01, 51.21]}
    mean = {"mean": {"process_id": "mean", "arguments": {"data": {"from_parameter": "data"}}, "result": True}}
    series = {
        "process_id": "aggregate_spatial",
        "arguments": {
            "data": {"from_node": "load"},
            "geometries": field,
            "reducer": {"process_graph": mean},
        },
    }
    graph = {"load": graph["load"], "ndvi": series}

    def asked(method, **headers):
        [asset] = api(f"GET /jobs/{job_id}/results").json()["assets"].values()
        return requests.request(method, asset["href"], headers=headers)

    job_id = finish(saving(graph, "CSV"))
    whole = asked("GET").content
    written = []
    monkeypatch.setattr("mock_backend.results.formats.spooled.MAX_WRITTEN", 0)
    make = Csv.written
    monkeypatch.setattr(Csv, "written", lambda *args: written.append(args) or make(*args))
    forget_files()

    head = asked("HEAD")
    assert (head.headers["Content-Length"], head.content) == (str(len(whole)), b"")
    part = asked("GET", Range="bytes=-9")
    assert (part.status_code, part.content) == (206, whole[-9:])
    assert asked("GET").content == whole
    assert asked("GET", **{"If-None-Match": head.headers["ETag"]}).status_code == 304
    assert len(written) == 1


def test_a_document_of_large_tables_does_not_write_them(api, finish, graph, monkeypatch):
    points = {"type": "MultiPoint", "coordinates": [[5.01, 51.21]]}
    features = [{"type": "Feature", "properties": {}, "geometry": points}] * 600
    load = {"process_id": "load_collection", "arguments": {"id": "AGERA5", "bands": ["wind-speed"]}}
    mean = {"mean": {"process_id": "mean", "arguments": {"data": {"from_parameter": "data"}}, "result": True}}
    series = {
        "process_id": "aggregate_spatial",
        "arguments": {
            "data": {"from_node": "load"},
            "geometries": {"type": "FeatureCollection", "features": features},
            "reducer": {"process_graph": mean},
        },
    }
    load["arguments"] |= {"spatial_extent": None, "temporal_extent": None}
    job_id = finish(saving({"load": load, "ndvi": series}, "CSV"))
    monkeypatch.delattr(Csv, "written")

    [asset] = api(f"GET /jobs/{job_id}/results").json()["assets"].values()

    assert "file:size" not in asset


@pytest.mark.parametrize("is_read", [True, False])
def test_another_process_is_for_the_next_start(api, anonymous, finish, names, graph, is_read):
    job_id = finish(saving(graph, "PNG"))
    if is_read:
        names(job_id)

    process = {"process_graph": saving(graph, "JSON")}
    assert api(f"PATCH /jobs/{job_id}", json={"process": process}).status_code == 204

    document = api(f"GET /jobs/{job_id}/results").json()
    assert all(name.endswith(".png") for name in document["assets"])
    [expression] = [link["href"] for link in document["links"] if link["rel"] == "processing-expression"]
    told = document["providers"][0]["processing:expression"]["expression"]
    assert told == anonymous(f"GET {expression}").json() == {"process_graph": saving(graph, "PNG")}
    api.start(job_id)
    assert names(job_id) == ["openEO.json"]


def test_a_user_defined_process_counts_as_it_was_at_the_start(api, finish, names, graph):
    calls = {"mine": {"process_id": "mine", "arguments": {}, "result": True}}
    api("PUT /process_graphs/mine", json={"process_graph": saving(graph, "PNG")})
    job_id = finish(calls)
    api("PUT /process_graphs/mine", json={"process_graph": saving(graph, "JSON")})

    assert all(name.endswith(".png") for name in names(job_id))


def test_metadata_can_be_changed_whatever_becomes_of_the_results(api, mock_backend, finish, graph):
    graph["load"]["arguments"]["temporal_extent"] = ["2030-01-01", "2030-02-01"]
    with mock_backend.set_result(b"x"):
        job_id = finish(graph)

    assert api(f"PATCH /jobs/{job_id}", json={"title": "mine"}).status_code == 204


@pytest.mark.mock_backend(profile="spec")
def test_what_cannot_be_produced_does_not_start(api, mock_backend, assert_error, graph):
    graph["load"]["arguments"]["temporal_extent"] = ["2030-01-01", "2030-02-01"]
    with mock_backend.set_result(b"x"):
        job_id = api.create(graph)

    assert_error(api(f"POST /jobs/{job_id}/results"), 400, "NoDataAvailable")
    assert api.status(job_id) == "created"


def test_each_saved_file_has_a_name_of_its_own(finish, names, graph):
    saves = {
        f"save{number}": saving(graph, "netCDF", filename_prefix=prefix)["save"] | {"result": number == 2}
        for number, prefix in enumerate(("x", "x", "x_2"))
    }

    assert len(names(finish({**graph, **saves, "save": graph["ndvi"]}))) == 3


def test_items_of_one_day_and_several_places_are_several(api, finish, graph):
    elsewhere = json.loads(json.dumps(graph["load"]))
    elsewhere["arguments"]["spatial_extent"] = {"west": 5.1, "south": 51.2, "east": 5.11, "north": 51.21}
    there = {
        "there": elsewhere,
        "save_there": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "there"}, "format": "GTiff"},
        },
    }
    document = api(f"GET /jobs/{finish({**graph, **there})}/results").json()

    items = [link["href"] for link in document["links"] if link["rel"] == "item"]
    west, _, east, _ = document["extent"]["spatial"]["bbox"][0]
    assert len(items) == len(set(items)) == len(document["assets"])
    assert west <= 5.0 < 5.11 <= east


@pytest.mark.parametrize("rel", ["processing-expression", "describedby"])
def test_files_of_the_job_and_its_results_do_not_meet(api, anonymous, finish, graph, rel):
    prefix = {"processing-expression": "process", "describedby": "metadata"}[rel]
    document = api(f"GET /jobs/{finish(saving(graph, 'JSON', filename_prefix=prefix))}/results").json()

    [link] = [each["href"] for each in document["links"] if each["rel"] == rel]
    [asset] = [each["href"] for each in document["assets"].values()]
    assert "dims" in anonymous(f"GET {asset}").json()
    assert "dims" not in anonymous(f"GET {link}").json()


def test_an_archive_has_all_files(api, mock_backend, graph):
    mock_backend.set_result([File(b"one", name="collection.json"), File(b"two", name="b.txt")])

    answer = api("POST /result", json={"process": {"process_graph": graph}})

    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        contents = {each.name: archive.extractfile(each).read() for each in archive}
    assert (contents.pop("collection.json"), contents.pop("b.txt")) == (b"one", b"two")
    [document] = contents.values()
    assert json.loads(document)["type"] == "Collection"


@pytest.mark.parametrize("prefix", ["..", "a\nb", "\u202e", "x" * 5000, "../../etc"])
def test_prefixes_make_names_that_files_can_have(api, anonymous, mock_backend, finish, graph, prefix):
    mock_backend.set_result(b"II*\0", title="given")
    for title in ("given", "made"):
        document = api(
            f"GET /jobs/{finish(saving(graph, 'GTiff', filename_prefix=prefix), title=title)}/results"
        ).json()

        for name in document["assets"]:
            assert name.isprintable()
            assert len(name) < 200
            assert not {"..", "/"} & {name[:2], name[:1]}
        for link in document["links"]:
            if link["rel"] == "item":
                assert anonymous(f"GET {link['href']}").status_code == 200


def test_a_function_may_ask_for_the_log(api, mock_backend, finish, names, graph):
    asked = []

    def result(graph, job):
        asked.append(api(f"GET /jobs/{job.job_id}/logs").status_code)
        return b"x"

    mock_backend.set_result(result)

    assert len(names(finish(graph))) == 1
    assert asked == [200]


def test_the_log_warns_of_files_that_cannot_be_made(api, anonymous, assert_error, finish, graph):
    graph["load"]["arguments"]["spatial_extent"] = {"west": 4, "south": 50, "east": 6, "north": 52}
    job_id = finish(saving(graph, "Zarr"))

    warnings = [each["message"] for each in api(f"GET /jobs/{job_id}/logs?level=warning").json()["logs"]]
    assert len(warnings) == 1
    assert "openEO.zarr.zip cannot be downloaded" in warnings[0]
    [asset] = api(f"GET /jobs/{job_id}/results").json()["assets"].values()
    assert_error(anonymous(f"GET {asset['href']}"), 400, "ProcessGraphComplexity")


@pytest.mark.parametrize(
    "conditions", [{"title": 5}, {"process": ["ndvi"]}, {"where": "x"}, {"where": lambda: True}]
)
def test_conditions_are_checked_when_they_are_given(mock_backend, conditions):
    with pytest.raises(TypeError, match=next(iter(conditions))):
        mock_backend.set_result(b"x", **conditions)
    with pytest.raises(TypeError, match=next(iter(conditions))):
        mock_backend.plan(JobPlan(), **conditions)


def test_a_condition_that_fails_is_named(api, mock_backend, assert_error, graph):
    mock_backend.set_result(b"x", where=lambda job: job.nope)

    assert_error(api("POST /result", json={"process": {"process_graph": graph}}), 500, "Internal", "where=")


def test_a_function_without_a_result_is_told(api, mock_backend, assert_error, graph):
    mock_backend.set_result(lambda graph: None)

    response = api("POST /result", json={"process": {"process_graph": graph}})
    assert_error(response, 500, "Internal", "no_results()")
