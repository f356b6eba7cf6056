"""Hosts of back-ends: several at once, below a path, behind a proxy, closed, opened again."""

import json
import urllib.error
import urllib.request
from datetime import timedelta

import httpx
import openeo
import pystac
import pytest
import requests
import requests_mock
import respx
import urllib3
from pystac.stac_io import DefaultStacIO
from urllib3.exceptions import MaxRetryError

from mock_backend import Clock, JobPlan, MockBackend


def by_requests(url):
    return requests.get(url, timeout=5).json()


def by_urllib3(url):
    with urllib3.PoolManager() as pools:
        return pools.request("GET", url).json()


def by_httpx(url):
    return httpx.get(url).json()


@pytest.fixture(params=[by_requests, by_urllib3, by_httpx], ids=["requests", "urllib3", "httpx"])
def fetch(request):
    return request.param


class TestSideBySide:
    def test_each_answers_at_its_own_host(self, mock_backend, mock_backend_factory, graph):
        others = [mock_backend_factory() for _ in range(2)]
        backends = [mock_backend, *others]

        for number, backend in enumerate(backends):
            backend.connect().create_job({"process_graph": graph}, title=str(number))

        assert [backend.url for backend in backends] == [
            "https://openeo.test",
            "https://openeo-2.test",
            "https://openeo-3.test",
        ]
        assert [[job.title for job in backend.jobs] for backend in backends] == [["0"], ["1"], ["2"]]

    def test_one_ends_before_the_other(self, fetch, foreign):
        with MockBackend(foreign.url) as one, MockBackend("https://two.test") as two:
            one.close()

            assert fetch(two.url)["id"] != "foreign"
            assert fetch(one.url)["id"] == "foreign"

    def test_ports_and_schemes_tell_them_apart(self, fetch):
        urls = ["https://openeo.test", "http://openeo.test", "http://openeo.test:8080"]
        from contextlib import ExitStack

        with ExitStack() as stack:
            for url in urls:
                stack.enter_context(MockBackend(url))
            for url in urls:
                version = fetch(url + "/.well-known/openeo")["versions"][0]
                assert version["url"].rstrip("/") == url

    def test_each_may_have_a_clock_of_its_own(self, graph):
        clock = Clock("2031-01-01T00:00:00Z")
        with MockBackend() as one, MockBackend("https://two.test", clock=clock) as two:
            two.plan(JobPlan(queued=0, running="1h"))
            two.connect().create_job({"process_graph": graph}).start_and_wait()

            assert one.clock.elapsed == timedelta(0)
            assert timedelta(hours=1) <= two.clock.elapsed <= timedelta(hours=1, minutes=1)
            assert two.jobs[0].created.year == 2031

    def test_they_may_share_one(self, mock_backend, mock_backend_factory, mock_backend_clock):
        assert mock_backend.clock is mock_backend_factory().clock is mock_backend_clock


class TestTheSameHostTwice:
    @pytest.mark.parametrize(
        "url",
        [
            "https://openeo.test",
            "https://openeo.test/",
            "https://OPENEO.test:443/api",
            "https://openeo.test/v2",
        ],
    )
    def test_is_refused(self, mock_backend, url):
        with pytest.raises(ValueError, match=r"Another back-end is open at .*MockBackend\(url="):
            MockBackend(url).open()

        assert by_requests(mock_backend.url)["api_version"]

    def test_is_fine_one_after_the_other(self, graph):
        for _ in range(2):
            with MockBackend() as backend:
                assert not backend.jobs
                backend.connect().create_job({"process_graph": graph})


class TestUrls:
    @pytest.mark.parametrize(
        "url", ["openeo.test", "ftp://openeo.test", "https://", "/api", "", "https:///api"]
    )
    def test_one_that_is_none_is_refused(self, url):
        with pytest.raises(ValueError, match=r"absolute, e\.g\. 'https://openeo.test'"):
            MockBackend(url)

    def test_a_port_that_is_none_is_refused(self):
        with pytest.raises(ValueError, match=r"[Pp]ort"):
            MockBackend("https://openeo.test:99999")

    def test_a_trailing_slash_makes_no_difference(self, fetch):
        with MockBackend("https://openeo.test/") as backend:
            assert backend.url == "https://openeo.test"
            assert fetch(backend.url)["api_version"]

    def test_letters_of_the_host_may_be_large(self, mock_backend, fetch):
        assert fetch("https://OpenEO.TEST/")["api_version"]

    def test_the_default_port_may_be_named(self, mock_backend, fetch):
        assert fetch("https://openeo.test:443/")["api_version"]


class TestBelowAPath:
    @pytest.fixture
    def backend(self):
        with MockBackend("https://openeo.test/api/v1") as backend:
            yield backend

    def test_the_well_known_document_is_at_the_root_of_the_host(self, backend, fetch):
        [version] = fetch("https://openeo.test/.well-known/openeo")["versions"]

        assert version["url"].rstrip("/") == "https://openeo.test/api/v1"

    def test_the_client_finds_it_by_its_host(self, backend, graph):
        connection = openeo.connect("https://openeo.test")

        assert connection.root_url.rstrip("/") == backend.url
        assert connection.list_collection_ids()

    def test_the_client_stays_where_it_is_sent(self):
        with MockBackend("https://both.test", api_version=("1.2", "1.3")):
            url = "https://both.test/openeo/1.2"
            assert openeo.connect(url).root_url == url

    @pytest.mark.parametrize("path", ["/jobs", "/nowhere", "/api/v1/.well-known/openeo"])
    def test_outside_there_is_nothing(self, backend, path):
        answer = requests.get("https://openeo.test" + path, timeout=5)

        assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")
        assert backend.url in answer.json()["message"]

    @pytest.mark.parametrize("path", ["", "/", "//"])
    def test_the_root_of_the_host_leads_to_it(self, backend, path):
        answer = requests.get("https://openeo.test" + path, timeout=5)

        assert answer.history[0].status_code == 307
        assert (answer.url, answer.json()["api_version"]) == (backend.url + "/", "1.2.0")
        assert requests.post("https://openeo.test" + path, timeout=5).status_code == 404

    @pytest.mark.parametrize("path", ["/api/v10", "/api", "/api/v", "/other/api/v1"])
    def test_beside_it_there_is_nothing(self, backend, path):
        assert requests.get("https://openeo.test" + path, timeout=5).status_code == 404

    def test_a_job_from_start_to_end(self, backend, graph, tmp_path):
        job = backend.connect().create_job({"process_graph": graph}, title="below")
        job.start_and_wait()
        files = job.get_results().download_files(tmp_path)

        assert files
        assert backend.jobs.one(title="below").status == "finished"
        # The journal tells paths below the API's own.
        assert backend.requests.select("POST /jobs")[0].path == "/jobs"

    def test_links_have_it(self, backend, graph):
        connection = backend.connect()
        job = connection.create_job({"process_graph": graph})
        job.start_and_wait()
        capabilities = connection.get("/").json()
        documents = [capabilities, connection.get("/collections").json(), job.get_results().get_metadata()]

        def find(value):
            if isinstance(value, dict):
                yield from [value["href"]] if isinstance(value.get("href"), str) else []
                value = list(value.values())
            if isinstance(value, list):
                for each in value:
                    yield from find(each)

        found = [href for href in find(documents) if "openeo.test" in href]
        assert len(found) > 3
        outside = [href for href in found if not href.startswith(backend.url)]
        assert set(outside) <= {"https://openeo.test/.well-known/openeo"}


class TestClosed:
    """A host whose back-end has been closed is as if there had never been one."""

    def test_whatever_else_is_there_answers(self, foreign, fetch):
        with MockBackend(foreign.url) as backend:
            assert fetch(backend.url)["id"] != "foreign"

        assert fetch(foreign.url)["id"] == "foreign"

    def test_nothing_is_told_of_it(self, port_without_server, fetch):
        url = f"http://127.0.0.1:{port_without_server}"
        with MockBackend(url):
            fetch(url)
        with pytest.raises((requests.ConnectionError, MaxRetryError, httpx.ConnectError)) as after:
            fetch(url)

        assert "mock" not in str(after.value)

    def test_other_mocks_answer_there(self):
        with MockBackend() as backend:
            fetch_all = [by_requests(backend.url), by_httpx(backend.url)]
        with requests_mock.Mocker() as by_adapter, respx.mock as by_respx:
            by_adapter.get(backend.url, json="theirs")
            by_respx.get(backend.url).mock(side_effect=httpx.ConnectError("theirs"))

            assert by_requests(backend.url) == "theirs"
            with pytest.raises(httpx.ConnectError, match=r"^theirs$"):
                by_httpx(backend.url)
        assert all(fetch_all)

    def test_a_pool_that_was_kept(self):
        with MockBackend() as backend:
            pool = urllib3.PoolManager().connection_from_url(backend.url)
            assert pool.request("GET", "/").status == 200

        with pytest.raises(MaxRetryError, match=r"mock back-end at .* has been closed"):
            pool.request("GET", "/")

    def test_a_session_goes_on_with_the_next_one(self, fetch):
        with requests.Session() as session:
            for _ in range(2):
                with MockBackend() as backend:
                    assert session.get(backend.url, timeout=5).status_code == 200
                    assert len(backend.requests) == 1

    def test_closing_twice_does_no_harm(self, fetch):
        backend = MockBackend().open()
        backend.close()
        with MockBackend() as other:
            backend.close()

            assert fetch(other.url)["api_version"]

    def test_opening_twice_does_no_harm(self, mock_backend):
        assert mock_backend.open() is mock_backend
        assert by_requests(mock_backend.url)["api_version"]

    def test_it_stays_closed(self, fetch):
        with MockBackend() as backend:
            pass

        with pytest.raises(RuntimeError, match="closed for good; make another one"):
            backend.open()
        with MockBackend() as another:
            assert fetch(another.url)["api_version"]

    def test_before_it_is_opened_there_is_no_connection(self):
        with pytest.raises(RuntimeError, match="Open the back-end first"):
            MockBackend().connect()


class TestProxies:
    @pytest.fixture(autouse=True)
    def proxy(self, monkeypatch, port_without_server):
        """A proxy for everything, at which nothing answers."""
        url = f"http://127.0.0.1:{port_without_server}"
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, url)
            monkeypatch.setenv(name.lower(), url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        return url

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_from_the_environment_do_not_matter(self, fetch, scheme):
        with MockBackend(f"{scheme}://openeo.test") as backend:
            assert fetch(backend.url)["api_version"]
            assert [each.path for each in backend.requests] == ["/"]

    def test_are_looked_up_for_other_hosts_only(self, proxy):
        def found(url):
            with requests.Session() as session:
                return session.merge_environment_settings(url, {}, None, None, None)["proxies"]

        with MockBackend("https://openeo.test/below") as backend:
            assert found(backend.url + "/jobs") == found("https://openeo.test/") == {}
            assert found("https://elsewhere.test/jobs")["https"] == proxy
        assert found("https://openeo.test/")["https"] == proxy

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_of_a_session(self, proxy, scheme):
        with MockBackend(f"{scheme}://openeo.test") as backend, requests.Session() as session:
            session.proxies = {scheme: proxy}
            assert session.get(backend.url).json()["api_version"]

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_by_urllib3(self, proxy, scheme):
        with MockBackend(f"{scheme}://openeo.test") as backend, urllib3.ProxyManager(proxy) as pools:
            assert pools.request("GET", backend.url + "/collections?limit=1").json()["collections"]
            assert backend.requests[0].query == {"limit": "1"}

    def test_by_the_client(self, mock_backend, graph):
        mock_backend.connect().create_job({"process_graph": graph}).start_and_wait()

        assert mock_backend.jobs[0].status == "finished"

    def test_other_hosts_still_do_not_reach_it(self, mock_backend):
        with pytest.raises(requests.exceptions.ProxyError):
            requests.get("http://elsewhere.test/", timeout=5)
        with pytest.raises(httpx.ConnectError):
            httpx.get("http://elsewhere.test/")

    @pytest.mark.parametrize(
        "get", [lambda url: requests.get(url, timeout=5), httpx.get], ids=["requests", "httpx"]
    )
    def test_other_hosts_go_through_one_that_is_there(self, mock_backend, monkeypatch, foreign, get):
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, foreign.url)
        get(mock_backend.url)

        assert get("http://elsewhere.test/somewhere?a=1").json()["id"] == "foreign"
        assert foreign.asked == ["GET http://elsewhere.test/somewhere?a=1"]
        # It takes no tunnels, and says so.
        with pytest.raises((requests.exceptions.ProxyError, httpx.ProxyError), match="501"):
            get("https://elsewhere.test/")


class TestReaders:
    """Libraries that read STAC by URL."""

    @pytest.fixture
    def results(self, mock_backend, graph):
        job = mock_backend.connect().create_job({"process_graph": graph})
        job.start_and_wait()
        links = job.get_results().get_metadata()["links"]
        return next(
            link["href"]
            for link in links
            if link["rel"] in ("canonical", "self") and "signature" in link["href"]
        )

    @staticmethod
    def io(read):
        class StacIO(DefaultStacIO):
            def read_text_from_href(self, href):
                return json.dumps(read(href))

        return StacIO()

    def test_pystac_over_requests_and_others(self, results, fetch):
        collection = pystac.Collection.from_file(results, stac_io=self.io(fetch))

        assert collection.assets

    def test_pystac_with_retries(self, results):
        """pystac's own reader with retries goes by urllib3."""
        from pystac.stac_io import RetryStacIO

        assert pystac.Collection.from_file(results, stac_io=RetryStacIO()).assets

    def test_pystac_client(self, mock_backend):
        from pystac_client.stac_api_io import StacApiIO

        text = StacApiIO().read_text(mock_backend.url + "/collections/SENTINEL2_L2A")

        assert pystac.Collection.from_dict(json.loads(text)).id == "SENTINEL2_L2A"

    def test_what_does_not_go_by_urllib3_needs_the_live_server(self, mock_backend):
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(mock_backend.url, timeout=5)
        with urllib.request.urlopen(mock_backend.live().url, timeout=5) as answer:
            assert json.load(answer)["api_version"]
