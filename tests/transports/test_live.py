"""A back-end behind a real socket: for subprocesses, browsers and other languages."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import openeo
import pytest
import requests

from mock_backend import Fault, JobPlan, MockBackend
from mock_backend.transports.live import listen, without_proxy


@pytest.fixture
def run_client():
    """Run a client in a process of its own; return what it prints as JSON."""

    def run(program, *arguments):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), *arguments],
            capture_output=True,
            check=True,
            timeout=60,
            text=True,
        )
        return json.loads(done.stdout)

    return run


CLIENT = """
    import json, sys, time, urllib.request

    url, token, pause = sys.argv[1:]

    def ask(method, path, content=None):
        request = urllib.request.Request(path if path.startswith("http") else url + path, method=method)
        request.add_header("Authorization", "Bearer " + token)
        request.add_header("Content-Type", "application/json")
        data = None if content is None else json.dumps(content).encode()
        with urllib.request.urlopen(request, data, timeout=30) as answer:
            return answer.headers, answer.read()

    graph = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
    headers, _ = ask("POST", "/jobs", {"title": "from outside", "process": {"process_graph": graph}})
    ask("POST", headers["Location"] + "/results")
    statuses = []
    while not statuses or statuses[-1] in ("queued", "running"):
        statuses.append(json.loads(ask("GET", headers["Location"])[1])["status"])
        time.sleep(float(pause))
    results = json.loads(ask("GET", headers["Location"] + "/results")[1])
    [asset] = results["assets"].values()
    content = json.loads(ask("GET", asset["href"])[1])
    print(json.dumps({"location": headers["Location"], "status": statuses[-1], "href": asset["href"]}))
"""


@pytest.mark.mock_backend(rate=1000)
def test_a_client_in_another_process(mock_backend, mock_backend_live, run_client):
    told = run_client(CLIENT, mock_backend_live.url, mock_backend.token(), "0.02")

    assert told["status"] == "finished"
    # Links lead to where the client came in.
    assert told["location"].startswith(mock_backend_live.url + "/jobs/")
    assert told["href"].startswith(mock_backend_live.url + "/results/")
    assert mock_backend.jobs.one(title="from outside").status == "finished"


def test_the_openeo_client_over_the_socket(mock_backend, mock_backend_live, graph):
    connection = openeo.connect(mock_backend_live.url)
    connection.authenticate_basic("alice", "secret")

    job = connection.create_job({"process_graph": graph}, title="over the socket")

    assert connection.root_url.rstrip("/") == mock_backend_live.url
    assert mock_backend.jobs.one(title="over the socket").job_id == job.job_id


def test_both_ways_lead_to_the_same_back_end(mock_backend, mock_backend_live, graph):
    inside = mock_backend.connect()
    inside.create_job({"process_graph": graph}, title="inside")

    outside = requests.get(
        mock_backend_live.url + "/jobs",
        headers={"Authorization": f"Bearer {mock_backend.token()}"},
        timeout=5,
    ).json()

    assert [job["title"] for job in outside["jobs"]] == ["inside"]
    well_known = requests.get(mock_backend.url + "/.well-known/openeo", timeout=5).json()
    assert well_known["versions"][0]["url"].rstrip("/") == mock_backend.url


class TestTime:
    def test_it_runs_from_now_on_at_real_speed(self, mock_backend, mock_backend_live):
        assert mock_backend.clock.rate == 1
        assert mock_backend_live.clock is mock_backend.clock
        assert abs(mock_backend.clock.start - datetime.now(UTC)) < timedelta(minutes=1)

        real, before = time.monotonic(), mock_backend.clock.now()
        time.sleep(0.02)
        passed = mock_backend.clock.now() - before
        # Each reading is cut to microseconds.
        assert 0.02 <= passed.total_seconds() <= time.monotonic() - real + 1e-6

    @pytest.mark.mock_backend(rate=0)
    def test_the_marker_can_freeze_it(self, mock_backend, mock_backend_live):
        before = mock_backend.clock.now()
        requests.get(mock_backend_live.url, timeout=5)

        assert mock_backend.clock.rate == 0
        assert mock_backend.clock.now() == before

    @pytest.mark.mock_backend(rate=0)
    def test_waits_of_this_process_are_on_the_clock(self, mock_backend, mock_backend_live, graph):
        """The client in this process goes over the socket, and still need not wait for real."""
        mock_backend.plan(JobPlan(queued=0, running="2h"))
        connection = openeo.connect(mock_backend_live.url)
        connection.authenticate_basic("alice", "secret")
        mock_backend.inject(Fault(status=429, retry_after=600), "GET /jobs/{job_id}")
        began = time.monotonic()

        connection.create_job({"process_graph": graph}).start_and_wait()

        assert timedelta(hours=2) <= mock_backend.clock.elapsed <= timedelta(hours=2, minutes=11)
        assert time.monotonic() - began < 30

    @pytest.mark.mock_backend(rate=0, start="2030-01-01T00:00:00Z")
    def test_the_marker_can_say_when_it_begins(self, mock_backend, mock_backend_live):
        assert mock_backend.clock.now() == datetime(2030, 1, 1, tzinfo=UTC)


class TestBrowsers:
    def test_a_page_from_anywhere_may_ask(self, mock_backend_live):
        origin = {"Origin": "https://editor.openeo.org"}

        preflight = requests.options(
            mock_backend_live.url + "/jobs",
            headers=origin | {"Access-Control-Request-Method": "POST"},
            timeout=5,
        )
        answer = requests.get(mock_backend_live.url + "/jobs", headers=origin, timeout=5)

        assert preflight.status_code == 204
        assert answer.status_code == 401
        assert {each.headers["Access-Control-Allow-Origin"] for each in (preflight, answer)} == {"*"}

    def test_links_follow_the_name_that_was_used(self, mock_backend_live):
        named = f"http://localhost:{mock_backend_live.port}"

        answer = requests.get(
            mock_backend_live.url + "/.well-known/openeo",
            headers={"Host": named.partition("//")[2]},
            timeout=5,
        )

        assert answer.json()["versions"][0]["url"].rstrip("/") == named


class TestTheSocket:
    def test_it_is_one_until_the_end(self, mock_backend):
        assert mock_backend.live() is mock_backend.live()

    def test_the_port_is_free_afterwards(self):
        with MockBackend() as backend:
            server = backend.live()
            assert requests.get(server.url, timeout=5).status_code == 200

        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, server.port), timeout=5)
        with MockBackend() as backend:
            assert backend.live(port=server.port).port == server.port

    def test_a_client_that_keeps_its_connection_does_not_hold_it_up(self):
        with requests.Session() as session:
            began = time.monotonic()
            with MockBackend() as backend:
                session.get(backend.live().url, timeout=5)

            assert time.monotonic() - began < 10

    def test_a_port_that_is_taken_is_an_error(self, mock_backend):
        with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
            mock_backend.live(port=taken.getsockname()[1])

        assert requests.get(mock_backend.live().url, timeout=5).status_code == 200

    def test_several_have_ports_of_their_own(self, mock_backend_factory):
        one = mock_backend_factory().live()
        two = mock_backend_factory(url="https://deep.test/openeo/1.2").live()

        for server, path in ((one, ""), (two, "/openeo/1.2")):
            document = requests.get(server.url + "/.well-known/openeo", timeout=5).json()
            assert document["versions"][0]["url"] == server.api_url == server.url + path
        assert one.port != two.port

    def test_small_answers_are_sent_at_once(self):
        """asyncio turns Nagle's algorithm off for sockets that name their protocol, and no others."""
        with listen("127.0.0.1", 0) as listening:
            assert listening.proto == socket.IPPROTO_TCP

    def test_routes_of_ones_own_are_served(self, mock_backend):
        @mock_backend.app.get("/mine")
        def mine():
            return {"mine": True}

        with urllib.request.urlopen(mock_backend.live().url + "/mine", timeout=5) as answer:
            assert json.load(answer) == {"mine": True}


class TestNoProxy:
    @pytest.fixture(params=[None, "", "example.org", "example.org,127.0.0.1", "*"])
    def before(self, request, monkeypatch, port_without_server):
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port_without_server}")
        for name in ("NO_PROXY", "no_proxy"):
            if request.param is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, request.param)
        return request.param

    def test_loopback_is_not_asked_for_through_a_proxy(self, before):
        with MockBackend() as backend:
            url = backend.live().url
            assert requests.get(url, timeout=5).status_code == 200
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200

    def test_afterwards_it_is_as_before(self, before):
        with MockBackend() as backend:
            backend.live()
            during = os.environ["NO_PROXY"]

        assert during == "*" or "127.0.0.1" in during.split(",")
        assert os.environ.get("NO_PROXY") == os.environ.get("no_proxy") == before

    def test_without_a_proxy_the_environment_stays_as_it_is(self, monkeypatch):
        """Threads that read it fail when a variable is taken away meanwhile."""
        for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
            monkeypatch.delenv(name)
        before = dict(os.environ)

        with MockBackend() as backend:
            backend.live()
            assert dict(os.environ) == before

    def test_whichever_ends_first(self, before):
        with contextlib.ExitStack() as first, contextlib.ExitStack() as second:
            first.enter_context(without_proxy("127.0.0.1"))
            second.enter_context(without_proxy("127.0.0.1"))
            first.close()
            assert os.environ["NO_PROXY"] == "*" or "127.0.0.1" in os.environ["NO_PROXY"].split(",")

        # Empty and absent are the same here.
        assert (os.environ.get("NO_PROXY") or None) == (before or None)

    def test_what_others_add_meanwhile_stays(self, before, monkeypatch):
        with without_proxy("127.0.0.1"):
            monkeypatch.setenv("NO_PROXY", os.environ["NO_PROXY"] + ",added.org")

        assert os.environ["NO_PROXY"].split(",")[-1] == "added.org"
