"""Beside other tools that replace the network; each test shows the line it takes, if any."""

import asyncio
import http.client
import re
import socket
import time

import httpretty
import httpx
import pytest
import requests
import requests_mock
import responses
import respx
import vcr

from mock_backend import MockBackend

ELSEWHERE = "https://elsewhere.test/"


class TestRequestsMock:
    """It replaces the adapter of ``requests`` and, by default, refuses what it does not know."""

    def test_with_real_http(self, mock_backend, use):
        # real_http lets our hosts through, and all others that it does not know.
        with requests_mock.Mocker(real_http=True) as mocker:
            mocker.get(ELSEWHERE, text="theirs")

            use(mock_backend)
            assert requests.get(ELSEWHERE, timeout=5).text == "theirs"

    def test_for_our_hosts_only(self, mock_backend, use):
        with requests_mock.Mocker() as mocker:
            # This line lets our host through, and no other.
            mocker.register_uri(requests_mock.ANY, re.compile("^" + mock_backend.url), real_http=True)
            mocker.get(ELSEWHERE, text="theirs")

            use(mock_backend)
            assert requests.get(ELSEWHERE, timeout=5).text == "theirs"
            with pytest.raises(requests_mock.NoMockAddress):
                requests.get("https://unknown.test/", timeout=5)

    def test_started_first(self, use):
        with requests_mock.Mocker(real_http=True) as mocker, MockBackend() as backend:
            mocker.get(ELSEWHERE, text="theirs")

            use(backend)
            assert requests.get(ELSEWHERE, timeout=5).text == "theirs"

    def test_without_that_line_the_request_is_refused_by_it(self, mock_backend):
        with requests_mock.Mocker(), pytest.raises(requests_mock.NoMockAddress):
            requests.get(mock_backend.url, timeout=5)

        assert not mock_backend.requests

    def test_its_pytest_fixture(self, mock_backend, requests_mock, use):
        requests_mock.register_uri("GET", ELSEWHERE, text="theirs")
        requests_mock.real_http = True  # this line

        use(mock_backend)
        assert requests.get(ELSEWHERE, timeout=5).text == "theirs"


class TestHttpretty:
    """It replaces sockets; requests in this process open none."""

    @pytest.fixture
    def mocked(self):
        with httpretty.enabled(allow_net_connect=False):
            httpretty.register_uri(httpretty.GET, "http://elsewhere.test/", body="theirs")
            yield

    def ask_theirs(self):
        # Not by urllib3 2, which shuts sockets down as theirs cannot.
        connection = http.client.HTTPConnection("elsewhere.test", timeout=5)
        connection.request("GET", "/")
        return connection.getresponse().read()

    def test_started_after_the_back_end(self, mock_backend, mocked, use):
        use(mock_backend)
        assert self.ask_theirs() == b"theirs"
        assert [each.path for each in httpretty.latest_requests()] == ["/"]

    def test_started_before_it(self, mocked, use):
        before = socket.socket, requests.adapters.PoolManager, time.sleep
        with MockBackend("https://later.test") as backend:
            use(backend)
            assert self.ask_theirs() == b"theirs"
        assert (socket.socket, requests.adapters.PoolManager, time.sleep) == before
        with pytest.raises((requests.ConnectionError, httpretty.errors.UnmockedError)):
            requests.get("https://later.test/", timeout=5)


class TestResponses:
    """It replaces the adapter of ``requests``, too."""

    def test_with_our_hosts_passed_through(self, mock_backend, use):
        with responses.RequestsMock(assert_all_requests_are_fired=True) as mocker:
            mocker.add_passthru(mock_backend.url)  # this line
            mocker.get(ELSEWHERE, body="theirs")

            use(mock_backend)
            assert requests.get(ELSEWHERE, timeout=5).text == "theirs"
            with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
                requests.get("https://unknown.test/", timeout=5)

    def test_as_a_setting(self, use):
        with (
            responses.RequestsMock(passthru_prefixes=("https://openeo.test",)) as mocker,
            MockBackend() as backend,
        ):
            mocker.get(ELSEWHERE, body="theirs")

            use(backend)
            assert requests.get(ELSEWHERE, timeout=5).text == "theirs"

    @responses.activate
    def test_as_a_decorator(self, mock_backend, use):
        responses.add_passthru(mock_backend.url)
        responses.get(ELSEWHERE, body="theirs")

        use(mock_backend)
        assert requests.get(ELSEWHERE, timeout=5).text == "theirs"


class TestRespx:
    """Nothing is needed: our router answers for our hosts, and leaves all others to theirs."""

    @staticmethod
    async def ask_async(url):
        async with httpx.AsyncClient() as client:
            return await client.get(url)

    @pytest.fixture(params=["sync", "async"])
    def get(self, request):
        if request.param == "sync":
            return httpx.get
        return lambda url: asyncio.run(self.ask_async(url))

    @pytest.fixture(params=["ours first", "theirs first"])
    def both(self, request):
        """Start a back-end and a router of another library, in either order."""
        from contextlib import ExitStack

        with ExitStack() as stack:

            def start(**options):
                if request.param == "ours first":
                    backend = stack.enter_context(MockBackend())
                    # Our router starts with the first request by httpx.
                    httpx.get(backend.url)
                    return backend, stack.enter_context(respx.mock(**options))
                router = stack.enter_context(respx.mock(**options))
                return stack.enter_context(MockBackend()), router

            yield start

    def test_strict(self, both, get):
        backend, router = both(assert_all_mocked=True)
        router.get(ELSEWHERE).respond(text="theirs")

        assert get(backend.url).json()["api_version"]
        assert get(ELSEWHERE).text == "theirs"
        with pytest.raises(respx.models.AllMockedAssertionError):
            get("https://unknown.test/")

    def test_lax(self, both, get):
        backend, router = both(assert_all_mocked=False)
        router.get(ELSEWHERE).respond(text="theirs")

        assert get(backend.url).json()["api_version"]
        assert get(ELSEWHERE).text == "theirs"
        assert get("https://unknown.test/").content == b""

    def test_passing_through(self, both, get, foreign):
        backend, router = both(assert_all_mocked=True)
        router.get(foreign.url).pass_through()

        assert get(backend.url).json()["api_version"]
        assert get(foreign.url).json()["id"] == "foreign"

    def test_theirs_counts_its_own_calls_only(self, both, get):
        backend, router = both(assert_all_called=True)
        route = router.get(ELSEWHERE).respond(text="theirs")

        get(backend.url)
        get(ELSEWHERE)

        assert route.call_count == 1
        assert len(router.calls) == 1

    def test_theirs_goes_on_after_us(self, both, get):
        backend, router = both(assert_all_mocked=True)
        router.get(ELSEWHERE).respond(text="theirs")
        get(backend.url)

        backend.close()

        assert get(ELSEWHERE).text == "theirs"

    def test_ours_goes_on_after_theirs(self, mock_backend, get, foreign):
        with respx.mock as router:
            router.get(ELSEWHERE).respond(text="theirs")
            get(mock_backend.url)
            get(ELSEWHERE)

        assert get(mock_backend.url).json()["api_version"]
        assert get(foreign.url).json()["id"] == "foreign"


class TestVcr:
    """It sits below ``requests`` where we do not pass, but above httpx."""

    @pytest.fixture(params=["ours first", "theirs first"])
    def both(self, request, tmp_path):
        from contextlib import ExitStack

        with ExitStack() as stack:

            def start():
                backend = stack.enter_context(MockBackend()) if request.param == "ours first" else None
                recorder = vcr.VCR(ignore_hosts=["openeo.test"])  # this setting, for httpx
                tape = stack.enter_context(recorder.use_cassette(str(tmp_path / "tape.yaml")))
                return backend or stack.enter_context(MockBackend()), tape

            yield start

    def test_our_answers_are_not_recorded(self, both, use, foreign):
        backend, tape = both()

        use(backend)
        assert httpx.get(backend.url).json()["api_version"]
        assert requests.get(foreign.url, timeout=5).json()["id"] == "foreign"

        assert [request.uri for request in tape.requests] == [foreign.url + "/"]

    def test_by_requests_nothing_is_needed(self, mock_backend, use, tmp_path):
        with vcr.use_cassette(str(tmp_path / "tape.yaml")) as tape:
            use(mock_backend)

        assert not tape.requests
