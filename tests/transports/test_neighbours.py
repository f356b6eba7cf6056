"""Beside other tools that replace the network or the time; each test shows the line it takes, if any."""

import asyncio
import datetime
import http.client
import io
import re
import socket
import time
from datetime import timedelta

import freezegun
import httpretty
import httpx
import pytest
import requests
import requests_mock
import responses
import respx
import time_machine
import urllib3
import vcr

from mock_backend import Fault, JobPlan, MockBackend

ELSEWHERE = "https://elsewhere.test/"


@pytest.fixture
def use(graph):
    """Use a back-end by the openeo client: two refusals, then a job; return how long that took it."""

    def run(backend):
        began = backend.clock.now()
        backend.inject(Fault(status=429, retry_after=23), "GET /jobs/{job_id}", times=2)
        job = backend.connect().create_job({"process_graph": graph})
        job.start_and_wait(print=lambda _: None)
        assert backend.jobs[-1].status == "finished"
        took = backend.clock.now() - began
        assert took >= timedelta(seconds=46)
        return took

    return run


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


class TestFrozenTime:
    """Nothing is needed: our clock is another one than the process's."""

    @pytest.fixture(params=["freezegun", "time-machine", "time-machine, ticking"])
    def frozen(self, request):
        return {
            "freezegun": lambda: freezegun.freeze_time("2030-01-01"),
            "time-machine": lambda: time_machine.travel("2030-01-01", tick=False),
            "time-machine, ticking": lambda: time_machine.travel("2030-01-01", tick=True),
        }[request.param]

    @pytest.mark.parametrize("order", ["ours first", "theirs first"])
    def test_both_keep_their_time(self, frozen, use, order):
        def look(backend):
            # The client reads the time, too, and gets that of our clock.
            use(backend)
            assert datetime.datetime.now(datetime.UTC).year == 2030
            assert time.gmtime().tm_year == 2030
            assert backend.clock.now().year == 2025
            assert backend.jobs[-1].created.year == 2025

        if order == "ours first":
            with MockBackend() as backend, frozen():
                look(backend)
        else:
            with frozen(), MockBackend() as backend:
                look(backend)

    def test_threads_still_wait_for_each_other(self, frozen, mock_backend, in_threads, graph):
        """The silence of a thread is measured in real time, which must not stand still."""
        mock_backend.plan(JobPlan(queued=0, running="2h"))
        jobs = [mock_backend.connect().create_job({"process_graph": graph}) for _ in range(3)]

        with frozen():
            in_threads([lambda job=job: job.start_and_wait(print=lambda _: None) for job in jobs])

        assert timedelta(hours=2) <= mock_backend.clock.elapsed <= timedelta(hours=2, minutes=1)

    def test_a_running_clock_runs_on(self, frozen):
        with frozen(), MockBackend() as backend:
            backend.clock.rate = 1000
            backend.connect().list_jobs()

            backend.clock.sleep(50)

            assert backend.clock.elapsed >= timedelta(seconds=50)


class TestPytestSocket:
    """Nothing is needed: there is no socket. (Routes of your own that need an event loop need
    ``--allow-unix-socket``: a loop makes a pair of those.)"""

    def test_without_sockets(self, socket_disabled, mock_backend, use):
        use(mock_backend)

        assert httpx.get(mock_backend.url).json()["api_version"]
        assert urllib3.PoolManager().request("GET", mock_backend.url).json()["api_version"]
        # A RuntimeError, with a warning that would be an error here.
        with pytest.raises((RuntimeError, UserWarning), match="tried to use socket"):
            requests.get("http://127.0.0.1:9/", timeout=5)

    @pytest.mark.allow_hosts(["127.0.0.1"])
    def test_with_loopback_only(self, mock_backend_live, mock_backend):
        assert requests.get(mock_backend_live.url, timeout=5).json()["api_version"]
        assert requests.get(mock_backend.url, timeout=5).json()["api_version"]


class TestOtherHosts:
    """Whoever is not ours notices nothing, while a back-end is open and afterwards."""

    @pytest.fixture(params=["while open", "after close"])
    def state(self, request):
        with MockBackend() as backend:
            requests.get(backend.url, timeout=5)
            httpx.get(backend.url)
            if request.param == "while open":
                yield
                return
        yield

    def test_by_requests(self, state, foreign):
        assert requests.get(foreign.url, timeout=5).json()["id"] == "foreign"
        assert requests.post(foreign.url + "/echo", data=iter([b"abc", b"de"]), timeout=5).json() == {
            "length": 5
        }
        assert foreign.asked == ["GET /", "POST /echo"]

    def test_by_urllib3(self, state, foreign):
        with urllib3.PoolManager() as pools:
            answer = pools.request("POST", foreign.url + "/echo", body=io.BytesIO(b"abc"))
        assert answer.json() == {"length": 3}

    def test_by_httpx(self, state, foreign):
        with httpx.Client() as client:
            assert client.get(foreign.url).json()["id"] == "foreign"
            with client.stream("GET", foreign.url) as answer:
                assert b"foreign" in b"".join(answer.iter_bytes())
            parts = (part for part in [b"abc", b"de"])
            assert client.post(foreign.url + "/echo", content=parts).json() == {"length": 5}

    async def _ask(self, foreign):
        async def parts():
            yield b"abc"
            yield b"de"

        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(*(client.get(foreign.url) for _ in range(3)))
            echo = await client.post(foreign.url + "/echo", content=parts())
        assert {answer.json()["id"] for answer in answers} == {"foreign"}
        assert echo.json() == {"length": 5}

    def test_by_async_httpx(self, state, foreign):
        asyncio.run(self._ask(foreign))

    def test_a_server_that_is_not_there(self, state, port_without_server):
        url = f"http://127.0.0.1:{port_without_server}/"

        for get, error in ((requests.get, requests.ConnectionError), (httpx.get, httpx.ConnectError)):
            with pytest.raises(error) as raised:
                get(url, timeout=5)
            assert "mock" not in str(raised.value)

    def test_a_transport_of_a_users_own_is_asked(self, state):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, text="theirs"))
        with httpx.Client(transport=transport) as client:
            assert client.get("https://openeo.test/").text == "theirs"

    def test_an_adapter_of_a_users_own_is_asked(self, state):
        class Adapter(requests.adapters.BaseAdapter):
            def send(self, request, **_):
                response = requests.Response()
                response.status_code, response.raw = 200, io.BytesIO(b"theirs")
                return response

            def close(self):
                pass

        with requests.Session() as session:
            session.mount("https://openeo.test/", Adapter())
            assert session.get("https://openeo.test/").content == b"theirs"
