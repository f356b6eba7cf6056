"""Servers that ``mock-backend serve`` starts, as other processes see them."""

import base64
import contextlib
import json
import os
import re
import signal
import threading
import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urljoin, urlsplit

import openeo
import pytest
import requests

from mock_backend.cli import main

from .conftest import stop

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}


def authorize(provider):
    """Ask a provider for a code as the client of a user does."""
    asked = {
        "response_type": "code",
        "client_id": provider["default_clients"][0]["id"],
        "redirect_uri": "http://localhost/callback",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    return requests.get(f"{provider['issuer']}/authorize", params=asked, allow_redirects=False, timeout=5)


def test_logging_in_at_served_providers_of_which_one_is_shared(serve, url, capsys):
    (provider,) = requests.get(f"{url}/credentials/oidc", timeout=5).json()["providers"]
    issuer = provider["issuer"]
    form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": "hush"}
    token = requests.post(f"{issuer}/token", data=form, timeout=5).json()["access_token"]

    process, other = serve("--profile", "cdse", "--trust", f"shared={issuer}", "--auto-consent")

    for api, id_ in ((url, provider["id"]), (other, "shared")):
        headers = {"Authorization": f"Bearer oidc/{id_}/{token}"}
        assert requests.get(f"{api}/me", headers=headers, timeout=5).json()["user_id"] == "robot"
    page = authorize(provider)
    assert 'name="password"' in page.text
    assert "code=" not in page.headers.get("location", "")
    own, *_ = requests.get(f"{other}/credentials/oidc", timeout=5).json()["providers"]
    assert "code=" in authorize(own).headers["location"]
    assert main(["serve", "--port", "0", "--trust", f"mock={issuer}"]) == 1
    assert "provider with the id 'mock'" in capsys.readouterr().err
    stop(process)


def test_serving_to_other_processes(serve, tmp_path, capsys):
    store = tmp_path / "jobs.json"
    process, url = serve("--user", "bob:b", "--user", "eve:e", "--speed", "3600", "--store", str(store))

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/openeo/1\.2", url)
    well_known = requests.get(urljoin(url, "/.well-known/openeo"), timeout=5).json()
    assert [each["url"] for each in well_known["versions"]] == [url, urljoin(url, "1.3")]
    token = requests.get(f"{url}/credentials/basic", auth=("bob", "b"), timeout=5).json()["access_token"]
    headers = {"Authorization": f"Bearer basic//{token}"}
    other, created = (
        requests.post(f"{url}/jobs", json={"process": {"process_graph": GRAPH}}, headers=headers, timeout=5)
        for _ in range(2)
    )
    estimate = requests.get(created.headers["Location"] + "/estimate", headers=headers, timeout=5).json()
    # Whoever asks for another pace wants jobs of its usual length.
    assert estimate["duration"] == "PT11S"
    requests.post(created.headers["Location"] + "/results", headers=headers, timeout=5)
    for _ in range(100):
        job = requests.get(created.headers["Location"], headers=headers, timeout=5).json()
        if job["status"] == "finished":
            break
        time.sleep(0.05)
    assert job["status"] == "finished"
    told = "".join(process.stdout.readline() for _ in range(4))
    assert "bob (password b), eve (password e)" in told
    assert f'openeo.connect("{urljoin(url, "/").rstrip("/")}").authenticate_basic("bob", "b")' in told
    stop(process)

    damaged = other.headers["OpenEO-Identifier"]
    tables = json.loads(store.read_text())
    next(each for each in tables["jobs"].values() if each["job_id"] == damaged)["created"] = "yesterday"
    store.write_text(json.dumps(tables))
    assert main(["serve", "--port", "0", "--store", str(store)]) == 1
    told = capsys.readouterr().err
    assert "--set-aside" in told
    assert damaged in told

    process, again = serve("--user", "bob:b", "--store", str(store), "--set-aside")
    kept = requests.get(f"{again}/jobs", headers=headers, timeout=5).json()["jobs"]
    assert [(each["id"], each["status"]) for each in kept] == [(job["id"], "finished")]
    assert main(["serve", "--port", "0", "--store", str(store)]) == 1
    assert "jobs.json" in capsys.readouterr().err
    process.send_signal(signal.SIGINT)
    assert damaged in process.communicate(timeout=10)[1]


def test_a_job_takes_real_time(serve, tmp_path):
    process, url = serve("--job-time", "0.5s")
    connection = openeo.connect(urljoin(url, "/"))
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    cube = connection.load_collection(
        "CGLS_SSM_1KM",
        bands=["ssm"],
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3},
        temporal_extent=["2022-06-01", "2022-06-03"],
    )
    job = cube.create_job(out_format="GTiff").start_and_wait(max_poll_interval=0.05)
    told = job.describe()
    queued, started = (datetime.fromisoformat(told[name]) for name in ("queued", "started"))

    assert connection.root_url == urljoin(url, "1.3")
    assert started - queued == timedelta(seconds=0.1)
    assert told["usage"]["duration"] == {"value": 0.4, "unit": "seconds"}
    assert job.get_results().download_files(tmp_path)
    stop(process)


@pytest.mark.parametrize(
    ("options", "paths", "closed"),
    [
        (("--api-version", "1.3", "--api-version", "1.2.0"), ["/openeo/1.3", "/openeo/1.2"], True),
        (("--profile", "spec", "--api-version", "1.3"), ["/openeo/1.3"], True),
        (("--profile", "cdse"), ["/openeo/1.2", "/openeo/1.1"], False),
    ],
)
def test_versions_and_likeness(serve, options, paths, closed):
    process, url = serve(*options)
    well_known = requests.get(urljoin(url, "/.well-known/openeo"), timeout=5).json()
    connection = openeo.connect(url).authenticate_basic("alice", "secret")
    collection = connection.describe_collection("SENTINEL2_L2A")
    end = collection["extent"]["temporal"]["interval"][0][1]

    assert url.endswith(paths[0])
    assert [urlsplit(each["url"]).path for each in well_known["versions"]] == paths
    # Real back-ends have no end where data go on; that of this profile does not estimate either.
    assert (end is not None) == closed
    if closed:
        assert connection.create_job(GRAPH).estimate()["duration"] == "PT5S"
    # Each of them once, though some have several paths.
    versions = " and ".join(path.rpartition("/")[2] for path in paths)
    assert process.stdout.readline().endswith(f"API {versions}\n")
    stop(process)


def test_a_port_in_use_is_a_clear_error(url, capsys):
    assert main(["serve", "--port", str(urlsplit(url).port)]) == 1
    told = capsys.readouterr().err
    assert "cannot listen on 127.0.0.1:" in told
    assert "--port 0" in told


def test_a_port_for_assets(serve, capsys):
    process, url = serve("--asset-port", "0")
    assets = next(line.split()[-1] for line in process.stdout if "Assets:" in line)

    assert assets != url
    assert "<Code>AccessDenied</Code>" in requests.get(assets, timeout=5).text
    assert requests.get(url, timeout=5).status_code == 200
    assert main(["serve", "--port", "0", "--asset-port", assets.rpartition(":")[2]]) == 1
    assert assets.rpartition(":")[2] in capsys.readouterr().err
    stop(process)


@pytest.mark.skipif(os.name != "posix", reason="terminal signals are a POSIX matter")
def test_ctrl_c_in_a_terminal_stops_cleanly_and_a_quiet_server_tells_only_its_url(serve):
    process, url = serve("-q")
    requests.get(url, timeout=5)
    process.send_signal(signal.SIGINT)

    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_udfs_of_other_processes_run_if_that_is_wanted(serve, url):
    _, other = serve("--run-udfs")
    code = "def f(data: UdfData):\n    data.get_structured_data_list()[0].data.append(3)\n"
    for api, expected in ((url, [1, 2]), (other, [1, 2, 3])):
        connection = openeo.connect(api).authenticate_basic("alice", "secret")
        made = connection.datacube_from_process("run_udf", data=[1, 2], udf=code, runtime="Python")

        assert made.execute() == expected


def test_processes_collections_and_a_plan_are_kept_through_a_reset_over_http(serve, tmp_path):
    processes, collections = tmp_path / "processes", tmp_path / "collections"
    for folder in (processes, collections):
        folder.mkdir()
    (processes / "theirs.json").write_text('{"id": "theirs", "parameters": [], "returns": {"schema": {}}}')
    extent = {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}}
    theirs = [{"id": name, "description": "", "extent": extent} for name in ("THEIRS", "SENTINEL2_L2A")]
    (collections / "collections.json").write_text(json.dumps({"collections": theirs, "links": []}))
    plan = '{"queued": 0, "running": 0, "error": "out of memory"}'
    given = ("--processes", str(processes), "--catalog", str(collections), "--plan", plan, "--speed", "60")
    process, url = serve(*given)
    control = urljoin(url, "/mock/")
    requests.post(f"{control}clock/advance", json={"days": 3}, timeout=5)
    requests.post(f"{control}reset", timeout=5)
    now = datetime.fromisoformat(requests.get(f"{control}clock", timeout=5).json()["now"])

    assert abs(now.timestamp() - time.time()) < 86400
    assert requests.get(f"{url}/processes", timeout=5).json()["processes"][-1]["id"] == "theirs"
    for name in ("THEIRS", "SENTINEL2_L2A"):
        found = requests.get(f"{url}/collections/{name}", timeout=5).json()
        assert found["extent"]["spatial"]["bbox"] == [[0, 0, 1, 1]]
    job = openeo.connect(url).authenticate_basic("alice", "secret").create_job(GRAPH)
    job.start()
    assert job.status() == "error"
    assert "out of memory" in [entry["message"] for entry in job.logs()]
    stop(process)


class TestFetchingRemoteProcesses:
    @pytest.fixture
    def remote(self):
        """A server that is no back-end, with the definition of a process."""
        graph = {"one": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
        documents = {
            "/three.json": json.dumps({"id": "three", "process_graph": graph, "parameters": []}),
            "/large.json": "[" + " " * (6 << 20) + "]",
            "/page.html": "<html>",
        }
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers.get("Authorization")))
                body = documents.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(body)

            def log_message(self, *_):
                """Keep quiet."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}", asked
            server.shutdown()
            thread.join()

    @pytest.fixture
    def call(self):
        def call(url, namespace):
            node = {"process_id": "three", "namespace": namespace, "arguments": {}, "result": True}
            body = {"process": {"process_graph": {"call": node}}}
            token = requests.get(f"{url}/credentials/basic", auth=("alice", "secret"), timeout=5).json()
            headers = {"Authorization": f"Bearer basic//{token['access_token'].removeprefix('basic//')}"}
            return requests.post(f"{url}/result", json=body, headers=headers, timeout=20)

        return call

    def test_they_are_fetched_without_the_token(self, serve, remote, call):
        process, url = serve("--fetch-remote", "--api-version", "1.2")
        source, asked = remote

        assert call(url, f"{source}/three.json").json() == 3
        assert asked == [("/three.json", None)]
        for wrong in ("/nothing.json", "/page.html", "/large.json"):
            answer = call(url, source + wrong)
            assert (answer.status_code, answer.json()["code"]) == (400, "ProcessNamespaceInvalid"), wrong
        itself = call(url, f"{url}/process_graphs/three")
        assert "from itself" in itself.json()["message"]
        stop(process)

    def test_otherwise_nothing_is(self, url, remote, call):
        source, asked = remote

        assert call(url, f"{source}/three.json").status_code == 200
        assert asked == []


def test_a_line_for_each_request_and_none_of_its_secrets(serve):
    process, url = serve("--verbose")
    requests.get(f"{url}/conformance?token=hush", timeout=5)
    requests.get(f"{url}/nothing%0Ahere", timeout=5)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)

    first, second = err.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d 200 +[\d.]+ ms  GET /openeo/1\.2/conformance", first)
    assert r"404" in second
    assert r"/nothing\nhere NotFound" in second
    assert process.returncode == 0


def test_elsewhere_the_control_api_needs_the_secret_that_is_printed(serve):
    process, url = serve("--host", "0.0.0.0")
    assert urlsplit(url).hostname == "127.0.0.1", "browsers do not open 0.0.0.0"
    page = next(line.split()[2] for line in process.stdout if "Page:" in line)
    secret = page.partition("#secret=")[2]
    clock = urljoin(url, "/mock/clock")

    assert len(secret) > 12
    assert requests.get(clock, timeout=5).status_code == 401
    assert requests.get(clock, headers={"Authorization": f"Bearer {secret}"}, timeout=5).status_code == 200
    process.kill()


def test_without_control(serve):
    process, url = serve("--no-control")

    assert requests.get(urljoin(url, "/mock/"), timeout=5).status_code == 404
    assert requests.get(urljoin(url, "/"), headers={"Accept": "text/html"}, timeout=5).json()["api_version"]
    assert "Page:" not in "".join(process.stdout.readline() for _ in range(3))
    stop(process)


def test_options_from_the_environment_and_an_end_with_the_page_open(serve, monkeypatch):
    monkeypatch.setenv("MOCK_BACKEND_SERVE_USER", "ada:pass bob:word")
    monkeypatch.setenv("MOCK_BACKEND_SERVE_SPEED", "60")
    process, url = serve()

    assert requests.get(f"{url}/credentials/basic", auth=("bob", "word"), timeout=5).status_code == 200
    assert requests.get(urljoin(url, "/mock/clock"), timeout=5).json()["rate"] == 60
    with requests.get(urljoin(url, "/mock/events"), stream=True, timeout=5) as events:
        assert next(events.iter_lines()) == b"event: clock"
        stop(process)


def test_log_ins_last_in_real_time_however_fast_the_clock_runs(serve):
    process, url = serve("--speed", "86400", "--client", "robot:hush")
    (provider,) = requests.get(f"{url}/credentials/oidc", timeout=5).json()["providers"]
    form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": "hush"}
    answer = requests.post(f"{provider['issuer']}/token", data=form, timeout=5)
    token = answer.json()["access_token"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    requests.post(urljoin(url, "/mock/clock/advance"), json={"days": 30}, timeout=5)
    headers = {"Authorization": f"Bearer oidc/{provider['id']}/{token}"}

    assert abs(claims["iat"] - time.time()) < 60
    assert claims["exp"] > time.time() > claims["nbf"] - 1
    assert requests.get(f"{url}/me", headers=headers, timeout=5).status_code == 200
    assert abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()) < 60
    stop(process)
