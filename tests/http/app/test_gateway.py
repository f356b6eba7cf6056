"""The gateway: CORS, paths, links, the app of one's own."""

import pytest
import requests

from mock_backend import MockBackend, create_app

EXPOSED = {"link", "location", "openeo-costs", "openeo-identifier", "content-range", "etag", "retry-after"}


@pytest.mark.parametrize("route", ["GET /", "GET /jobs", "GET /nowhere", "PUT /jobs", "POST /jobs"])
def test_every_answer_may_be_read_by_browsers(anonymous, route):
    headers = anonymous(route).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert {name.strip().lower() for name in headers["Access-Control-Expose-Headers"].split(",")} >= EXPOSED


def test_a_preflight_needs_no_log_in(anonymous):
    response = anonymous(
        "OPTIONS /jobs",
        headers={"Origin": "https://editor.test", "Access-Control-Request-Method": "PATCH"},
    )

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST", "PATCH", "PUT", "DELETE"} <= set(
        response.headers["Access-Control-Allow-Methods"].split(", ")
    )
    assert {"Authorization", "Content-Type"} <= set(
        response.headers["Access-Control-Allow-Headers"].split(", ")
    )


@pytest.mark.parametrize("path", ["//jobs", "/jobs/", "//jobs//", "/jobs?"])
def test_paths_are_read_generously(api, mock_backend, path):
    job_id = api.create()

    assert [job["id"] for job in api(f"GET {path}").json()["jobs"]] == [job_id]
    assert mock_backend.requests[-1].route == "/jobs"


def test_an_api_below_a_path(api_of, assert_error):
    with MockBackend("https://deep.test/openeo/1.2/") as backend:
        api = api_of(backend)
        job_id = api.create()
        location = api("POST /jobs", json=backend.requests[-1].json).headers["Location"]
        well_known = requests.get("https://deep.test/.well-known/openeo", timeout=5).json()
        outside = requests.get("https://deep.test/jobs", timeout=5)

        assert location.startswith("https://deep.test/openeo/1.2/jobs/")
        assert well_known["versions"][0]["url"] == "https://deep.test/openeo/1.2"
        assert api.status(job_id) == "created"
        assert_error(outside, 404, "NotFound")
        assert backend.connect().job(job_id).status() == "created"


def test_routes_can_be_added_to_the_app(mock_backend, api):
    @mock_backend.app.get("/hello/{name}")
    async def hello(name: str):
        return {"hello": name}

    assert api("GET /hello/openEO").json() == {"hello": "openEO"}
    assert api("GET /").status_code == 200


def test_an_app_of_ones_own_is_ones_own(mock_backend_factory, api_of):
    first, second = mock_backend_factory(), mock_backend_factory()

    @first.app.get("/extra")
    async def extra():
        return {}

    assert api_of(first)("GET /extra").status_code == 200
    assert api_of(second)("GET /extra").status_code == 404
    assert create_app(first) is not create_app(first)
