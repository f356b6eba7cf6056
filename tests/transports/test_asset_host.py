"""A host for assets alone, which behaves like S3: in this process, and on a port of its own."""

import json
import socket
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import openeo
import pystac
import pytest
import rasterio
import requests

from mock_backend import Fault, MockBackend

ROUTE = "/results/{job_id}/{run}/assets/{name}"


@pytest.fixture(scope="module")
def backend():
    """One for the module: ending a server takes a while."""
    with MockBackend("https://objects.test/openeo/1.2", asset_host=True) as backend:
        backend.live()
        yield backend
    assert backend.asset_host is not None


@pytest.fixture(autouse=True)
def _from_the_start(backend):
    yield
    backend.reset()


@pytest.fixture
def graph():
    """A process graph that gives one small GeoTIFF."""
    load = {
        "id": "SENTINEL2_L2A",
        "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21},
        "temporal_extent": ["2024-06-01", "2024-07-01"],
        "bands": ["B04"],
    }
    mean = {"mean": {"process_id": "mean", "arguments": {"data": {"from_parameter": "data"}}, "result": True}}
    return {
        "load": {"process_id": "load_collection", "arguments": load},
        "mean": {
            "process_id": "reduce_dimension",
            "arguments": {
                "data": {"from_node": "load"},
                "dimension": "t",
                "reducer": {"process_graph": mean},
            },
        },
        "save": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "mean"}, "format": "GTiff"},
            "result": True,
        },
    }


@pytest.fixture(params=["in process", "live"])
def api(request, backend, api_of):
    """A client of the API, in one of the two ways."""
    api = api_of(backend)
    if request.param == "live":
        api.url = backend.live().url + "/openeo/1.2"
    return api


@pytest.fixture
def results(backend, api, graph):
    """The result document of a finished job."""
    job_id = api.create(graph)
    api.start(job_id)
    backend.clock.advance("1d")
    return api(f"GET /jobs/{job_id}/results").json()


@pytest.fixture
def href(results):
    [asset] = results["assets"].values()
    return asset["href"]


def assert_s3_error(response, status, code, *words):
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/xml"
    error = ElementTree.fromstring(response.text)
    assert error.tag == "Error"
    assert error.findtext("Code") == code
    for word in words:
        assert word in error.findtext("Message")


def test_assets_are_somewhere_else(backend, api, results, href):
    root = "https://assets.objects.test" if api.url == backend.url else backend.live().asset_url

    assert href.startswith(f"{root}/results/")
    assert urlsplit(href).netloc != urlsplit(api.url).netloc
    for link in results["links"]:
        beside = link["rel"] in ("processing-expression", "describedby")
        assert link["href"].startswith(root if beside else api.url)


def test_a_download(href, backend):
    response = requests.get(href, timeout=30)

    assert response.status_code == 200
    assert response.content
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert requests.head(href, timeout=30).headers["ETag"] == response.headers["ETag"]
    part = requests.get(href, headers={"Range": "bytes=2-5"}, timeout=30)
    assert (part.status_code, part.content) == (206, response.content[2:6])
    assert [each.status for each in backend.requests.select(f"GET {ROUTE}")] == [200, 206]


def test_by_httpx(href):
    assert httpx.get(href).content == requests.get(href, timeout=30).content


@pytest.mark.parametrize("credentials", ["Bearer basic//abc", "Basic YTpi", ""])
def test_two_kinds_of_credentials_are_one_too_many(href, backend, credentials):
    response = requests.get(href, headers={"Authorization": credentials}, timeout=30)

    assert_s3_error(response, 400, "InvalidArgument", "Only one auth mechanism allowed")
    assert "YTpi" not in response.text
    assert "InvalidArgument: Only one auth" in repr(backend.requests[-1])


def test_the_openeo_client_keeps_its_token_to_itself(backend, api, graph, tmp_path):
    connection = openeo.Connection(api.url).authenticate_basic("alice", "secret")
    job = connection.create_job(graph)
    job.start_job()
    backend.clock.advance("1d")

    path = job.get_results().download_file(tmp_path / "result.tif")

    with rasterio.open(path) as dataset:
        assert dataset.read(1).size > 1000
    assert {each.status for each in backend.requests if each.route == ROUTE} <= {200, 206}
    assert not any("authorization" in each.headers for each in backend.requests if each.route == ROUTE)


def test_a_client_that_sends_its_token_everywhere(backend, href):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {backend.token()}"
        assert_s3_error(session.get(href, timeout=30), 400, "InvalidArgument")


def test_pystac_finds_it(api, results):
    canonical = next(link["href"] for link in results["links"] if link["rel"] == "canonical")

    [asset] = pystac.read_dict(requests.get(canonical, timeout=30).json()).assets.values()

    assert requests.get(asset.get_absolute_href(), timeout=30).ok


def test_expired(href, backend):
    backend.clock.advance(timedelta(seconds=backend.settings.link_lifetime))

    assert_s3_error(requests.get(href, timeout=30), 403, "AccessDenied", "Request has expired")


def test_tampered(href):
    assert_s3_error(requests.get(href[:-1] + "-", timeout=30), 403, "SignatureDoesNotMatch", "signature")


def test_malformed(href):
    assert_s3_error(requests.get(href.replace("expires=", "expires=x"), timeout=30), 400, "RequestInvalid")


def test_deleted(href, api, results):
    api(f"DELETE /jobs/{results['id']}")

    assert_s3_error(requests.get(href, timeout=30), 404, "NoSuchKey")


def test_a_range_beyond_the_end(href):
    response = requests.get(href, headers={"Range": "bytes=99999999-"}, timeout=30)

    assert_s3_error(response, 416, "InvalidRange", "99999999")
    assert response.headers["Content-Range"].startswith("bytes */")


def test_another_version(href):
    assert_s3_error(requests.get(href, headers={"If-Match": '"x"'}, timeout=30), 412, "PreconditionFailed")


@pytest.mark.parametrize("path", ["/", "/jobs", "/openeo/1.2/jobs", "/.well-known/openeo", "/oidc/token"])
def test_there_is_nothing_else(href, path):
    parts = urlsplit(href)

    response = requests.get(f"{parts.scheme}://{parts.netloc}{path}", timeout=30)

    assert_s3_error(response, 403, "AccessDenied")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_objects_are_read_only(href, method):
    response = requests.request(method, href, data=b"x", timeout=30)

    assert_s3_error(response, 405, "MethodNotAllowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_browser_asks_first(href):
    response = requests.options(
        href, headers={"Origin": "https://x", "Access-Control-Request-Method": "GET"}, timeout=30
    )

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_ordered_failures(href, backend):
    backend.inject(Fault(status=503, retry_after=3, message="<slowly> & surely"), f"GET {ROUTE}")

    response = requests.get(href, timeout=30)

    assert_s3_error(response, 503, "SlowDown", "<slowly> & surely")
    assert response.headers["Retry-After"] == "3"
    assert requests.get(href, timeout=30).status_code == 200
    assert "SlowDown: <slowly> & surely" in repr(backend.requests[-2])


def test_it_has_no_identity_provider(backend):
    (provider,) = requests.get(f"{backend.live().url}/openeo/1.2/credentials/oidc", timeout=30).json()[
        "providers"
    ]

    assert provider["issuer"] == f"{backend.live().url}/oidc"


def test_without_it_assets_are_at_the_api(mock_backend, api_of, graph):
    api = api_of(mock_backend)
    job_id = api.create(graph)
    api.start(job_id)
    mock_backend.clock.advance("1d")
    [asset] = api(f"GET /jobs/{job_id}/results").json()["assets"].values()

    assert mock_backend.asset_host is None
    assert asset["href"].startswith(mock_backend.url)
    assert mock_backend.live().asset_url == mock_backend.live().url


def test_a_server_of_ones_own_has_no_second_host(backend, graph, api_of):
    import anyio

    api = api_of(backend)
    job_id = api.create(graph)
    api.start(job_id)
    backend.clock.advance("1d")

    async def ask():
        transport = httpx.ASGITransport(backend.asgi)
        async with httpx.AsyncClient(transport=transport, base_url=backend.url) as client:
            headers = {"Authorization": f"Bearer {backend.token()}"}
            return (await client.get(f"/jobs/{job_id}/results", headers=headers)).json()

    [asset] = anyio.run(ask)["assets"].values()
    assert asset["href"].startswith(f"{backend.url}/results/")


@pytest.mark.mock_backend(asset_host=True)
def test_by_the_marker(mock_backend):
    assert mock_backend.asset_host.url == "https://assets.openeo.test"


def test_two_back_ends_need_two_hosts(backend):
    with pytest.raises(ValueError, match="host of its own"):
        MockBackend("https://assets.objects.test").open()
    # Nothing of it is left behind.
    with MockBackend("https://assets2.objects.test"):
        pass


def test_a_port_in_use(backend):
    other = MockBackend("https://other.test", asset_host=True)
    with other, closing(socket.create_server(("127.0.0.1", 0))) as taken:
        with pytest.raises(OSError, match="in use"):
            other.live(asset_port=taken.getsockname()[1])
        assert other.live().asset_port


def test_from_another_process(backend, href):
    program = """
        import json, sys, urllib.request, urllib.error
        with urllib.request.urlopen(sys.argv[1], timeout=30) as answer:
            found = answer.status
        request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer x"})
        try:
            urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            print(json.dumps([found, error.code]))
    """
    if not href.startswith("http://"):
        href = href.replace(backend.asset_host.url, backend.live().asset_url)

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), href], capture_output=True, check=True, timeout=60
    )

    assert json.loads(done.stdout) == [200, 400]
