"""HTTP's own rules hold at every endpoint: methods, bodies, media types, versions."""

import gzip
import json
import re

import pytest
import requests

from mock_backend import JobPlan, MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister
from mock_backend.settings import AppSettings

JSON = {"Content-Type": "application/json"}
PI = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}


@pytest.fixture(params=["short way", "own app"])
def either_way(request, mock_backend):
    """Let requests go the short way, or FastAPI's."""
    if request.param == "own app":
        mock_backend.app  # noqa: B018  # asking for it is what makes the difference


@pytest.fixture
def finished(api, mock_backend):
    mock_backend.plan(JobPlan.immediate())
    job_id = api.create()
    api.start(job_id)
    return job_id


def endpoints(api, method):
    """Return the paths of all listed endpoints that take a method."""
    return [each["path"] for each in api("GET /").json()["endpoints"] if method in each["methods"]]


# -- HEAD and OPTIONS -----------------------------------------------------------------------------------


def test_a_head_is_a_get_without_its_body(either_way, api, finished):
    paths = endpoints(api, "GET")
    assert len(paths) > 15

    for template in paths:
        path = re.sub(r"\{\w+\}", "x", template.replace("{job_id}", finished))
        get, head = api(f"GET {path}"), api(f"HEAD {path}")
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert head.headers == get.headers, path
        assert head.headers["Content-Length"] == str(len(get.content)), path


def test_a_head_of_what_takes_no_get(either_way, api):
    response = api("HEAD /validation")

    assert (response.status_code, response.content, response.headers["Allow"]) == (405, b"", "POST")


def test_heads_can_be_looked_up_and_fail(api, mock_backend):
    from mock_backend import Fault

    mock_backend.inject(Fault(status=503), "HEAD /jobs")

    assert [api("GET /jobs").status_code, api("HEAD /jobs").status_code] == [200, 503]
    assert [each.status for each in mock_backend.requests.select("HEAD /jobs")] == [503]


class Ping(EndpointRegister):
    def _initialize_endpoints(self):
        return [
            Endpoint(path="/ping", methods=["HEAD"], handler="ping"),
            Endpoint(path="/ping", methods=["GET"], handler="pong"),
        ]

    def ping(self):
        return {"ping": 1}

    def pong(self):
        return {"pong": 100}


@pytest.mark.parametrize("own_app", [False, True])
def test_a_register_may_answer_heads_itself(own_app):
    with MockBackend("https://ping.test", registers=[Ping]) as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference

        assert requests.head("https://ping.test/ping", timeout=5).headers["Content-Length"] == "10"
        assert requests.get("https://ping.test/ping", timeout=5).json() == {"pong": 100}


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/jobs", "GET, HEAD, OPTIONS, POST"),
        ("/jobs/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/files/a/b", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/validation", "OPTIONS, POST"),
        ("/nowhere", None),
    ],
)
def test_what_a_path_takes_can_be_asked_for(either_way, anonymous, path, methods):
    response = anonymous(f"OPTIONS {path}")

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers.get("Allow") == methods


@pytest.mark.parametrize(("route", "allowed"), [("PUT /jobs", "GET, HEAD, POST"), ("GET /result", "POST")])
def test_methods_that_a_path_does_not_take(either_way, api, assert_error, route, allowed):
    response = api(route)

    assert_error(response, 405, "FeatureUnsupported", allowed)
    assert response.headers["Allow"] == allowed


# -- bodies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [205, 990, 100_000])
@pytest.mark.parametrize("path", ["/jobs", "/validation", "/result"])
def test_bodies_that_are_nested_too_deeply(either_way, api, mock_backend, assert_error, depth, path):
    for body in (
        b"[" * depth,
        b'{"process_graph":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}",
        b'{"process":{"process_graph":{}},"x":' + b"[" * depth + b"]" * depth + b"}",
    ):
        assert_error(api(f"POST {path}", data=body, headers=JSON), 400, "RequestInvalid", "nested too deeply")
    assert mock_backend.requests[-1].json is None or depth < 1000


def test_bodies_may_be_nested(either_way, api):
    options = json.loads("[" * 150 + "]" * 150)

    assert api(f"GET /jobs/{api.create(PI, job_options=options)}").json()["job_options"] == options


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"title": "\xff\xfe"}', "UTF-8"),
        ('{"title": "ü"}'.encode("latin-1"), "UTF-8"),
        (b'{"budget": ' + b"1" * 5000 + b"}", "digits"),
        (b'{"budget": 1e999}', "finite"),
        (b'{"title": "a" "b"}', "character 14"),
    ],
)
def test_bodies_that_cannot_be_read(either_way, api, assert_error, body, word):
    assert_error(api("POST /jobs", data=body, headers=JSON), 400, "RequestInvalid", word)


@pytest.mark.parametrize("number", [12345678901234567890123456789, -(10**4000), 1e-320, -0.0, 1.0])
def test_numbers_of_any_size_are_kept(either_way, api, number):
    job_id = api.create(PI, job_options={"number": number})

    assert repr(api(f"GET /jobs/{job_id}").json()["job_options"]["number"]) == repr(number)


def test_the_size_of_bodies_is_limited(api_of, assert_error):
    with MockBackend("https://small.test", settings=AppSettings(max_request_size=1000)) as backend:
        api = api_of(backend)
        large = {"process": {"process_graph": PI}, "title": "x" * 1000}

        assert_error(api("POST /jobs", json=large), 413, "RequestInvalid", "1000 bytes")
        assert_error(api("POST /nowhere", json=large), 413, "RequestInvalid", "1000 bytes")
        backend.app  # noqa: B018  # from now on requests go FastAPI's way
        assert_error(api("PATCH /jobs/x", json=large), 413, "RequestInvalid", "1000 bytes")
        assert api.create(PI, title="x")
        assert [job.title for job in backend.jobs] == ["x"]


def test_routes_of_another_projects_take_what_they_like(mock_backend_factory):
    backend = mock_backend_factory(settings=AppSettings(max_request_size=10))

    from fastapi import Request

    @backend.app.post("/count")
    async def count(request: Request):
        return len(await request.body())

    assert requests.post(f"{backend.url}/count", data=b"x" * 100, timeout=5).json() == 100


def test_compressed_bodies_are_refused(either_way, api, assert_error):
    body = gzip.compress(json.dumps({"process": {"process_graph": PI}}).encode())
    response = api("POST /jobs", data=body, headers={**JSON, "Content-Encoding": "gzip"})

    assert_error(response, 415, "ContentTypeInvalid", "gzip")
    assert response.headers["Accept-Encoding"] == "identity"
    identity = api(
        "POST /jobs", json={"process": {"process_graph": PI}}, headers={"Content-Encoding": "identity"}
    )
    assert identity.status_code == 201


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON;charset=UTF-8", 'APPLICATION/json ; charset="utf-8"']
)
def test_media_types_are_read_in_any_spelling(either_way, api, kind):
    response = api(
        "POST /jobs", data=json.dumps({"process": {"process_graph": PI}}), headers={"Content-Type": kind}
    )

    assert response.status_code == 201, response.text


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_media_types_that_are_not_json(either_way, api, assert_error, kind):
    response = api("POST /jobs", data=b"{}", headers={"Content-Type": kind})

    assert_error(response, 400, "ContentTypeInvalid", "application/json")


def test_a_graph_of_many_nodes(api):
    graph = {
        f"n{number}": {
            "process_id": "add",
            "arguments": {"x": {"from_node": f"n{number - 1}"} if number else 1, "y": 2},
        }
        for number in range(3000)
    }
    graph["n2999"]["result"] = True

    assert api("POST /validation", json={"process_graph": graph}).json()["errors"] == []
    assert api(f"GET /jobs/{api.create(graph)}").json()["process"]["process_graph"] == graph


# -- what comes back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "accept", ["application/json", "text/html", "*/*", "image/png;q=0.9", "", "nonsense"]
)
def test_an_answer_is_json_whatever_is_accepted(either_way, anonymous, accept):
    response = anonymous("GET /collections", headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_answers_in_this_process_are_not_compressed(either_way, anonymous):
    response = anonymous("GET /processes", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response.headers
    assert len(response.content) > 1000


@pytest.mark.parametrize("title", ["Würzburg — 雪 🛰", "a/b?c=d&e#f", "%C3%BC"])
def test_texts_come_back_as_they_were(either_way, api, title):
    job_id = api.create(PI, title=title)

    assert api(f"GET /jobs/{job_id}").json()["title"] == title


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/jobs/%C3%BC%E9%9B%AA", "ü雪"), ("/collections/a%20b", "a b"), ("/jobs/j%2Dx", "j-x")],
)
def test_ids_are_decoded(either_way, api, path, shown):
    response = api(f"GET {path}")

    assert response.status_code == 404
    assert f"'{shown}'" in response.json()["message"]


def test_a_signed_url_takes_a_token_as_well(either_way, api, anonymous, finished):
    results = api(f"GET /jobs/{finished}/results").json()
    [canonical] = [link["href"] for link in results["links"] if link["rel"] == "canonical"]
    for href in [next(iter(results["assets"].values()))["href"], canonical]:
        assert api(f"GET {href}").content == anonymous(f"GET {href}").content


def test_an_asset_comes_in_parts(either_way, api, anonymous, finished):
    href = next(iter(api(f"GET /jobs/{finished}/results").json()["assets"].values()))["href"]
    whole, part = anonymous(f"GET {href}"), anonymous(f"GET {href}", headers={"Range": "bytes=2-9"})
    head = anonymous(f"HEAD {href}")
    known = anonymous(f"GET {href}", headers={"If-None-Match": whole.headers["ETag"]})

    assert (part.status_code, part.content) == (206, whole.content[2:10])
    assert part.headers["Content-Range"] == f"bytes 2-9/{len(whole.content)}"
    assert (head.headers["Accept-Ranges"], head.headers["Content-Length"]) == (
        "bytes",
        str(len(whole.content)),
    )
    assert known.status_code == 304


# -- paths and versions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["//files", "/files/", "//files//", "/files?limit=5"])
def test_slashes_around_the_list_of_files_do_not_matter(either_way, api, mock_backend, path):
    api("PUT /files/a", data=b"1")

    assert [file["path"] for file in api(f"GET {path}").json()["files"]] == ["a"]
    assert mock_backend.requests[-1].route == "/files"


@pytest.mark.parametrize("path", ["//files/a/b", "///files/a/b"])
def test_slashes_before_a_file_do_not_matter(either_way, api, path):
    api("PUT /files/a/b", data=b"1")

    assert api(f"GET {path}").content == b"1"


@pytest.mark.parametrize("path", ["/files//a/b", "/files/a//b", "/files/a/b/", "//files//a//b//"])
def test_slashes_within_a_files_path_do(either_way, api, assert_error, path):
    api("PUT /files/a/b", data=b"1")

    assert_error(api(f"GET {path}"), 400, "FilePathInvalid", "slash")


@pytest.mark.parametrize("own_app", [False, True])
def test_slashes_of_an_api_below_a_path(api_of, assert_error, own_app):
    with MockBackend("https://deep.test/openeo/1.2") as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference
        api, host = api_of(backend), "https://deep.test"
        api("PUT /files/a/b", data=b"1")

        for path in ("/openeo/1.2/files/a/b", "//openeo//1.2///files/a/b"):
            assert api(f"GET {host}{path}").content == b"1"
        assert_error(api(f"GET {host}/openeo/1.2/files//a"), 400, "FilePathInvalid", "slash")
        assert api(f"GET {host}/openeo/1.2/files/").status_code == 200
        assert api(f"GET {host}//openeo/1.2//").json()["api_version"] == "1.2.0"


class Tiles(EndpointRegister):
    def _initialize_endpoints(self):
        return [
            Endpoint(path="/tiles/{layer}/{rest}", methods=["GET"], handler="tile", takes_slashes=True),
            Endpoint(path="/tiles/{layer}/legend", methods=["GET"], handler="legend"),
        ]

    def tile(self, layer: str, rest: str):
        return [layer, rest]

    def legend(self, layer: str):
        return [layer]


@pytest.mark.parametrize("own_app", [False, True])
def test_registers_may_take_paths_with_slashes(own_app):
    with MockBackend("https://tiles.test", registers=[Tiles]) as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference

        def ask(path):
            return requests.get(f"https://tiles.test{path}", timeout=5).json()

        assert ask("/tiles/a/1/2/3.png") == ["a", "1/2/3.png"]
        assert ask("//tiles/a//x/") == ["a", "/x/"]
        assert ask("/tiles/a/legend") == ["a"]
        assert ask("/tiles/a")["code"] == "NotFound"
        assert backend.requests.select("GET /tiles/{layer}/{rest}")


def test_only_the_end_of_a_path_takes_slashes():
    with pytest.raises(ValueError, match="end of a path"):
        Endpoint(path="/a/{b}/c", methods=["GET"], takes_slashes=True)


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/1.1/", "1.1"),
        ("/v1.0/jobs", "1.0"),
        ("/openeo/1.0/jobs", "1.0"),
        ("/api/v2/", "2"),
        ("/0.4.2", "0.4.2"),
    ],
)
def test_other_versions_of_the_api(either_way, anonymous, assert_error, path, version):
    assert_error(
        anonymous(f"GET {path}"), 404, "UnsupportedApiVersion", f"'{version}'", "1.2.0", "https://openeo.test"
    )


@pytest.mark.parametrize("own_app", [False, True])
def test_other_versions_of_an_api_below_a_path(assert_error, own_app):
    with MockBackend("https://deep.test/openeo/1.2") as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference
        response = requests.get("https://deep.test/openeo/1.1/jobs", timeout=5)

        assert_error(response, 404, "UnsupportedApiVersion", "'1.1'", "https://deep.test/openeo/1.2")
        assert_error(requests.get("https://deep.test/jobs", timeout=5), 404, "NotFound")


@pytest.mark.parametrize("path", ["/nowhere", "/1password", "/v1beta", "/jobs/1.0/x/y", "/2024-01-01"])
def test_other_paths_have_no_version(either_way, api, assert_error, path):
    assert_error(api(f"GET {path}"), 404, "NotFound")
