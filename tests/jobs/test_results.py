"""Results: STAC Item, signed URLs, errors; and synchronous processing."""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pystac
import pytest

from mock_backend import JobPlan


@pytest.fixture
def finished(mock_backend, api):
    job_id = api.create(title="ndvi")
    api.start(job_id)
    mock_backend.clock.advance("1h")
    return job_id


@pytest.fixture
def item(api, finished):
    return api(f"GET /jobs/{finished}/results").json()


def test_results_are_a_stac_item(item, finished):
    stac = pystac.Item.from_dict(item)

    assert (stac.id, item["stac_version"], item["type"]) == (finished, "1.0.0", "Feature")
    assert stac.bbox == [5.0, 51.2, 5.1, 51.3]
    assert stac.common_metadata.start_datetime.isoformat() == "2024-06-01T00:00:00+00:00"
    assert stac.datetime == stac.common_metadata.start_datetime
    assert item["properties"]["openeo:status"] == "finished"
    assert {"self", "canonical"} <= {link["rel"] for link in item["links"]}


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
def test_results_come_as_plain_json_unless_geojson_is_asked_for(
    api, anonymous, finished, accepted, media_type
):
    accept = {"Accept": accepted}
    response = api(f"GET /jobs/{finished}/results", headers=accept)
    canonical = next(link["href"] for link in response.json()["links"] if link["rel"] == "canonical")

    assert response.headers["Content-Type"] == media_type
    assert response.headers["Vary"] == "Accept"
    assert anonymous(f"GET {canonical}", headers=accept).headers["Content-Type"] == media_type


def test_the_asset_is_downloaded_without_a_log_in(anonymous, item, finished):
    asset = item["assets"]["result.json"]

    response = anonymous(f"GET {asset['href']}")
    head = anonymous(f"HEAD {asset['href']}")

    assert response.headers["Content-Type"] == asset["type"] == "application/json"
    assert response.json()["format"] == "GTiff"
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(response.content)


@pytest.mark.parametrize("asked", ["netCDF", "png"])
def test_the_asset_names_the_format_that_was_asked_for(api, mock_backend, graph, asked):
    mock_backend.plan(JobPlan.immediate())
    graph["save"]["arguments"] = {"data": {"from_node": "ndvi"}, "format": asked}
    job_id = api.create(graph)
    api.start(job_id)

    asset = api(f"GET /jobs/{job_id}/results").json()["assets"]["result.json"]["href"]

    assert api(f"GET {asset}").json()["format"] == asked


def test_the_canonical_link_shares_the_results(anonymous, item):
    link = next(link["href"] for link in item["links"] if link["rel"] == "canonical")

    shared = anonymous(f"GET {link}").json()

    assert shared["id"] == item["id"]
    assert shared["assets"].keys() == item["assets"].keys()


def test_signed_urls_expire_and_can_be_had_again(api, anonymous, mock_backend, assert_error, item, finished):
    href = item["assets"]["result.json"]["href"]
    expires = datetime.fromisoformat(item["properties"]["expires"])
    assert int(parse_qs(urlsplit(href).query)["expires"][0]) == expires.timestamp()

    mock_backend.clock.travel_to(expires - timedelta(seconds=1))
    assert anonymous(f"GET {href}").status_code == 200
    mock_backend.clock.travel_to(expires)
    assert_error(anonymous(f"GET {href}"), 410, "ResultLinkExpired")

    fresh = api(f"GET /jobs/{finished}/results").json()["assets"]["result.json"]["href"]
    assert anonymous(f"GET {fresh}").status_code == 200


@pytest.mark.parametrize(
    "tamper",
    [
        lambda href: href[:-1] + ("0" if href[-1] != "0" else "1"),
        lambda href: href.replace("expires=", "expires=9"),
        lambda href: href.partition("?")[0],
        lambda href: href.replace("result.json", "other.json"),
        lambda href: href.replace("signature=", "signature=ü"),
    ],
    ids=["signature", "expiry", "nothing", "name", "not ASCII"],
)
def test_tampered_urls_are_refused(anonymous, assert_error, item, tamper):
    assert_error(
        anonymous(f"GET {tamper(item['assets']['result.json']['href'])}"), 403, "PermissionsInsufficient"
    )


def test_deleted_results_are_gone(api, anonymous, assert_error, item, finished):
    api(f"DELETE /jobs/{finished}")

    assert_error(anonymous(f"GET {item['assets']['result.json']['href']}"), 404, "FileNotFound")


@pytest.mark.parametrize(
    ("wait", "query", "code"),
    [
        (None, "", "JobNotStarted"),
        (None, "?partial=true", "JobNotStarted"),
        ("0s", "", "JobNotFinished"),
        ("0s", "?partial=true", "JobNotFinished"),
        ("1m", "", "JobNotFinished"),
        ("1m", "?partial=false", "JobNotFinished"),
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
    mock_backend.clock.advance("1m")

    item = api(f"GET /jobs/{job_id}/results?partial={partial}").json()

    assert item["properties"]["openeo:status"] == "running"
    assert anonymous(f"GET {item['assets']['result.json']['href']}").status_code == 200


def test_results_of_a_cancelled_job_say_so(api, mock_backend):
    job_id = api.create()
    api.start(job_id)
    mock_backend.clock.advance("1m")
    api(f"DELETE /jobs/{job_id}/results")

    assert api(f"GET /jobs/{job_id}/results").json()["properties"]["openeo:status"] == "canceled"


@pytest.mark.parametrize("query", ["", "?partial=true"])
def test_a_failed_job_answers_with_its_last_log_entry(api, mock_backend, query):
    mock_backend.plan(JobPlan.immediate(error="out of memory"))
    job_id = api.create(log_level="error")
    api.start(job_id)

    response = api(f"GET /jobs/{job_id}/results{query}")

    assert response.status_code == 424
    assert response.json() == api(f"GET /jobs/{job_id}/logs").json()["logs"][-1]
    assert response.json()["message"] == "out of memory"


@pytest.mark.parametrize(
    ("extent", "bbox"),
    [
        ({"west": 1, "south": 2, "east": 3, "north": 4}, [1, 2, 3, 4]),
        (
            {"west": 679720, "south": 5151080, "east": 680680, "north": 5151920, "crs": 32632},
            [11.3, 46.5, 11.4, 46.5],
        ),
        ({"type": "Polygon", "coordinates": [[[5, 50], [6, 50], [6, 51], [5, 50]]]}, [5, 50, 6, 51]),
        ({"type": "Point", "coordinates": [5, 50]}, [5, 50, 5, 50]),
        ({"west": 1, "south": 2, "east": 3, "north": 4, "crs": 32767}, None),
        ({"west": 1e9, "south": 1e9, "east": 2e9, "north": 2e9, "crs": 32632}, None),
        (None, None),
    ],
)
def test_the_extent_comes_from_the_process_graph(api, mock_backend, graph, extent, bbox):
    mock_backend.plan(JobPlan.immediate())
    graph["load"] = {
        "process_id": "load_collection",
        "arguments": {"id": "SENTINEL2_L2A", "spatial_extent": extent, "temporal_extent": None},
    }
    job_id = api.create(graph)
    api.start(job_id)

    item = api(f"GET /jobs/{job_id}/results").json()

    found = item.get("bbox")
    assert (found if found is None else [round(side, 1) for side in found]) == bbox
    assert (item["geometry"] is None) == (bbox is None)
    pystac.Item.from_dict(item)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (["2024-06-01", "2024-07-01"], ("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z")),
        (["2024-06-01T10:00:00Z", "2024-06-02"], ("2024-06-01T10:00:00Z", "2024-06-02T00:00:00Z")),
        (["2024-06-01", None], None),
    ],
)
def test_the_time_comes_from_the_process_graph(api, mock_backend, graph, interval, expected):
    mock_backend.plan(JobPlan.immediate())
    graph["load"]["arguments"] = {"id": "SENTINEL2_L2A", "spatial_extent": None, "temporal_extent": interval}
    job_id = api.create(graph)
    api.start(job_id)

    properties = api(f"GET /jobs/{job_id}/results").json()["properties"]

    if expected is None:
        assert properties["datetime"] == "2024-06-01T00:00:00Z"
    else:
        assert (properties["start_datetime"], properties["end_datetime"]) == expected


def test_synchronous_processing_answers_with_the_content(api, graph, mock_backend):
    response = api("POST /result", json={"process": {"process_graph": graph}})

    assert (response.status_code, response.json()["format"]) == (200, "GTiff")
    assert response.headers["OpenEO-Costs"]
    assert len(mock_backend.jobs) == 0


def test_synchronous_processing_checks_the_graph(api, assert_error):
    assert_error(api("POST /result", data=json.dumps({}), headers={"Content-Type": "application/json"}), 400,
                 "ProcessGraphMissing")  # fmt: skip


def test_an_estimate_follows_the_plan(api, mock_backend):
    mock_backend.plan(JobPlan(queued="5m", running="2h"))
    job_id = api.create()

    assert api(f"GET /jobs/{job_id}/estimate").json() == {"costs": 8.0, "duration": "PT2H5M", "size": 1024}


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


@pytest.mark.parametrize(("budget", "status"), [(7.99, 402), (8, 202), (0, 402), (None, 202)])
def test_the_budget_must_cover_the_estimate(api, mock_backend, assert_error, budget, status):
    mock_backend.plan(JobPlan(queued=0, running="2h"))
    job_id = api.create(budget=budget)

    response = api(f"POST /jobs/{job_id}/results")

    assert response.status_code == status
    if status == 402:
        assert_error(response, 402, "PaymentRequired", "budget")
        assert api.status(job_id) == "created"


def test_a_budget_does_not_stop_what_cannot_be_estimated(api, mock_backend):
    mock_backend.plan(JobPlan.polls(queued=0, running=1))

    api.start(api.create(budget=1))
