"""Results: STAC documents, signed URLs, errors; and synchronous processing."""

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pystac
import pytest

from mock_backend import JobPlan
from mock_backend.jobs import Job
from mock_backend.jobs.outputs.synchronous import answer_with
from mock_backend.lifecycle import Work
from mock_backend.results.documents.assets import Asset, Product, ResultItem
from mock_backend.settings import AppSettings


@pytest.fixture
def finished(mock_backend, api):
    job_id = api.create(title="ndvi")
    api.start(job_id)
    mock_backend.clock.advance("1h")
    return job_id


@pytest.fixture
def collection(api, finished):
    return api(f"GET /jobs/{finished}/results").json()


@pytest.fixture
def href(collection):
    return first_href(collection)


def first_href(document):
    return next(iter(document["assets"].values()))["href"]


def with_status(api, job_id, query=""):
    """Return the document of a job's results, which has to say what became of the job."""
    document = api(f"GET /jobs/{job_id}/results{query}").json()
    return document, document["openeo:status"]


def test_results_are_a_stac_collection_with_items(api, anonymous, collection, finished):
    stac = pystac.Collection.from_dict(collection)

    assert (stac.id, collection["stac_version"]) == (finished, "1.1.0")
    west, south, east, north = stac.extent.spatial.bboxes[0]
    # Whole pixels around what was asked for.
    assert west <= 5.0 < 5.005 <= east
    assert south <= 51.2 < 51.204 <= north
    assert {"self", "canonical"} <= {link["rel"] for link in collection["links"]}
    items = [link["href"] for link in collection["links"] if link["rel"] == "item"]
    assets = {}
    for link in items:
        response = anonymous(f"GET {link}")
        assert response.headers["Content-Type"] == "application/geo+json"
        assets |= response.json()["assets"]
    assert len(items) > 1
    assert collection["assets"].keys() == assets.keys()


def test_downloading_costs_nothing(api, finished):
    response = api(f"GET /jobs/{finished}/results")

    assert response.headers["OpenEO-Costs"] == "0"


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("application/geo+json", "application/geo+json"),
        ("text/html, Application/GEO+json;q=0.9, */*;q=0.1", "application/geo+json"),
        ("application/json, application/geo+json; q=0.0", "application/json"),
        ("application/geo+jsonx", "application/json"),
    ],
)
def test_results_come_as_a_collection_unless_geojson_is_asked_for(
    api, anonymous, finished, accepted, media_type
):
    accept = {"Accept": accepted}
    response = api(f"GET /jobs/{finished}/results", headers=accept)
    document = response.json()
    canonical = next(link["href"] for link in document["links"] if link["rel"] == "canonical")

    assert response.headers["Content-Type"] == media_type
    assert document["type"] == ("Feature" if "geo" in media_type else "Collection")
    assert response.headers["Vary"] == "Accept"
    assert anonymous(f"GET {canonical}", headers=accept).headers["Content-Type"] == media_type


def test_collection_and_item_have_the_same_assets(api, collection, finished):
    item = api(f"GET /jobs/{finished}/results", headers={"Accept": "application/geo+json"}).json()

    pystac.Item.from_dict(item)
    assert item["id"] == finished
    assert item["assets"] == collection["assets"]
    assert item["properties"]["openeo:status"] == collection["openeo:status"] == "finished"


def test_assets_are_downloaded_without_a_log_in(anonymous, collection):
    for asset in collection["assets"].values():
        response = anonymous(f"GET {asset['href']}")
        head = anonymous(f"HEAD {asset['href']}")

        assert response.headers["Content-Type"] == asset["type"]
        assert asset["type"].startswith("image/tiff; application=geotiff")
        assert len(response.content) == asset["file:size"] == int(head.headers["Content-Length"])
        assert asset["file:checksum"] == "1220" + hashlib.sha256(response.content).hexdigest()
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("rel", ["processing-expression", "describedby"])
def test_the_process_and_the_metadata_of_the_job_are_linked(api, anonymous, collection, finished, rel):
    link = next(each["href"] for each in collection["links"] if each["rel"] == rel)
    job = api(f"GET /jobs/{finished}").json()

    assert anonymous(f"GET {link}").json() == (job["process"] if rel != "describedby" else job)


@pytest.mark.mock_backend(settings=AppSettings(metadata_assets=True))
def test_the_process_and_the_metadata_can_be_assets(collection):
    names = {name for name, asset in collection["assets"].items() if "data" not in asset["roles"]}

    assert names == {"process.json", "metadata.json"}


def test_the_canonical_link_shares_the_results(anonymous, collection):
    link = next(link["href"] for link in collection["links"] if link["rel"] == "canonical")

    shared = anonymous(f"GET {link}").json()

    assert shared["id"] == collection["id"]
    assert shared["assets"].keys() == collection["assets"].keys()


def test_signed_urls_expire_and_can_be_had_again(
    api, anonymous, mock_backend, assert_error, collection, href, finished
):
    expires = datetime.fromisoformat(collection["expires"])
    assert int(parse_qs(urlsplit(href).query)["expires"][0]) == expires.timestamp()

    mock_backend.clock.travel_to(expires - timedelta(seconds=1))
    assert anonymous(f"GET {href}").status_code == 200
    mock_backend.clock.travel_to(expires)
    assert_error(anonymous(f"GET {href}"), 410, "ResultLinkExpired")

    fresh = first_href(api(f"GET /jobs/{finished}/results").json())
    assert anonymous(f"GET {fresh}").status_code == 200


@pytest.mark.parametrize(
    "tamper",
    [
        lambda href: href[:-1] + ("0" if href[-1] != "0" else "1"),
        lambda href: href.replace("expires=", "expires=9"),
        lambda href: href.partition("?")[0],
        lambda href: href.replace(".tif", ".nc"),
        lambda href: href.replace("signature=", "signature=ü"),
    ],
    ids=["signature", "expiry", "nothing", "name", "not ASCII"],
)
def test_tampered_urls_are_refused(anonymous, assert_error, href, tamper):
    assert_error(anonymous(f"GET {tamper(href)}"), 403, "PermissionsInsufficient")


def test_deleted_results_are_gone(api, anonymous, assert_error, href, finished):
    api(f"DELETE /jobs/{finished}")

    assert_error(anonymous(f"GET {href}"), 404, "FileNotFound")


@pytest.mark.parametrize(
    ("wait", "query", "code"),
    [
        (None, "", "JobNotStarted"),
        (None, "?partial=true", "JobNotStarted"),
        ("0s", "", "JobNotFinished"),
        ("0s", "?partial=true", "JobNotFinished"),
        ("10s", "", "JobNotFinished"),
        ("10s", "?partial=false", "JobNotFinished"),
    ],
)
def test_there_are_no_results_before_the_end(api, mock_backend, assert_error, wait, query, code):
    job_id = api.create()
    if wait is not None:
        api.start(job_id)
        mock_backend.clock.advance(wait)

    assert_error(api(f"GET /jobs/{job_id}/results{query}"), 400, code)


@pytest.mark.parametrize("partial", ["true", "1", ""])
def test_partial_results_of_a_running_job(api, anonymous, mock_backend, partial):
    job_id = api.create()
    api.start(job_id)
    mock_backend.clock.advance("10s")

    document, status = with_status(api, job_id, f"?partial={partial}")

    assert status == "running"
    assert anonymous(f"GET {first_href(document)}").status_code == 200


def test_a_running_job_has_the_first_of_its_results(api, mock_backend):
    mock_backend.plan(JobPlan(queued=0, running="10m"))
    job_id = api.create()
    api.start(job_id)
    found = []
    for _ in range(10):
        found.append(list(api(f"GET /jobs/{job_id}/results?partial=true").json()["assets"]))
        mock_backend.clock.advance("1m")
    found.append(list(api(f"GET /jobs/{job_id}/results").json()["assets"]))

    assert found[0] == []
    assert 0 < len(found[5]) < len(found[-1])
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(found))


def test_results_of_a_cancelled_job_say_so(api, mock_backend):
    job_id = api.create()
    api.start(job_id)
    mock_backend.clock.advance("10s")
    api(f"DELETE /jobs/{job_id}/results")

    document, status = with_status(api, job_id)

    assert status == "canceled"
    assert document["assets"]


@pytest.mark.parametrize("query", ["", "?partial=true"])
def test_a_failed_job_answers_with_its_last_log_entry(api, mock_backend, query):
    mock_backend.plan(JobPlan.immediate(error="out of memory"))
    job_id = api.create(log_level="error")
    api.start(job_id)

    response = api(f"GET /jobs/{job_id}/results{query}")

    assert response.status_code == 424
    assert response.json() == api(f"GET /jobs/{job_id}/logs").json()["logs"][-1]
    assert response.json()["message"] == "out of memory"


def test_synchronous_processing_answers_with_the_file(api, graph, mock_backend, finished, collection):
    """It is the file that a batch job of the same process has."""
    graph["load"]["arguments"]["temporal_extent"] = ["2024-06-01", "2024-06-06"]

    response = api("POST /result", json={"process": {"process_graph": graph}})

    [name] = [each for each in collection["assets"] if "2024-06-04" in each]
    assert (response.status_code, response.headers["Content-Type"]) == (
        200,
        collection["assets"][name]["type"],
    )
    assert (
        "1220" + hashlib.sha256(response.content).hexdigest() == collection["assets"][name]["file:checksum"]
    )
    assert response.headers["OpenEO-Costs"]
    assert len(mock_backend.jobs) == 1


def test_synchronous_processing_answers_with_an_archive_of_several_files(api, graph, collection):
    response = api("POST /result", json={"process": {"process_graph": graph}})

    assert response.headers["Content-Type"] == "application/x-tar"
    with tarfile.open(fileobj=io.BytesIO(response.content)) as archive:
        contents = {each.name: archive.extractfile(each).read() for each in archive}
    document = json.loads(contents.pop("collection.json"))
    assert contents.keys() == collection["assets"].keys() == document["assets"].keys()
    for name, content in contents.items():
        assert "1220" + hashlib.sha256(content).hexdigest() == collection["assets"][name]["file:checksum"]
        assert document["assets"][name]["href"] == f"./{name}"
    pystac.Collection.from_dict(document)


def test_synchronous_processing_checks_the_graph(api, assert_error):
    assert_error(api("POST /result", data=json.dumps({}), headers={"Content-Type": "application/json"}), 400,
                 "ProcessGraphMissing")  # fmt: skip


def test_synchronous_processing_costs_what_is_computed():
    asset = Asset("a.json", "application/json", lambda: b"{}")
    now = datetime(2025, 6, 1, tzinfo=UTC)
    job = Job(job_id="r-1", process={"process_graph": {}}, user_id="alice", created=now)
    costs = []
    for read in (0, 10**8, 10**9):
        work = Work(read=read)
        answer = answer_with(Product((ResultItem("a", (asset,)),)), job, work, settings=AppSettings())
        costs.append(float(answer.headers["OpenEO-Costs"]))

    assert costs[0] == 0
    assert costs == sorted(set(costs))


def test_an_estimate_follows_the_plan(api, mock_backend):
    mock_backend.plan(JobPlan(queued="5m", running="2h"))
    job_id = api.create()

    estimate = api(f"GET /jobs/{job_id}/estimate").json()

    api.start(job_id)
    mock_backend.clock.advance("3h")
    assets = api(f"GET /jobs/{job_id}/results").json()["assets"].values()
    assert estimate == {
        "costs": api(f"GET /jobs/{job_id}").json()["costs"],
        "duration": "PT2H5M",
        "size": sum(each["file:size"] for each in assets),
    }


@pytest.mark.parametrize("plan", [JobPlan.stuck(), JobPlan.stuck("queued"), JobPlan.polls()])
def test_what_has_no_end_has_no_estimate(api, mock_backend, assert_error, plan):
    mock_backend.plan(plan)

    assert_error(api(f"GET /jobs/{api.create()}/estimate"), 500, "EstimateComplexity")


def test_udfs_cannot_be_estimated(api, assert_error):
    udf = {
        "udf": {
            "process_id": "run_udf",
            "arguments": {"data": 1, "udf": "def f():\n    pass", "runtime": "Python"},
            "result": True,
        }
    }

    assert_error(api(f"GET /jobs/{api.create(udf)}/estimate"), 500, "EstimateComplexity")


@pytest.mark.parametrize(("missing", "status"), [(0.01, 402), (0, 202), (8, 402), (None, 202)])
def test_the_budget_must_cover_the_estimate(api, mock_backend, assert_error, missing, status):
    mock_backend.plan(JobPlan(queued=0, running="2h"))
    costs = api(f"GET /jobs/{api.create()}/estimate").json()["costs"]
    job_id = api.create(budget=None if missing is None else round(max(costs - missing, 0), 2))

    response = api(f"POST /jobs/{job_id}/results")

    assert response.status_code == status
    if status == 402:
        assert_error(response, 402, "PaymentRequired", "budget")
        assert api.status(job_id) == "created"


def test_a_budget_does_not_stop_what_cannot_be_estimated(api, mock_backend):
    mock_backend.plan(JobPlan.polls(queued=0, running=1))

    api.start(api.create(budget=1))
