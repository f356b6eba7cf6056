"""The JavaScript client walks through its whole API, in Node and in a page of another origin."""

import functools
import json
import os
import queue
import shutil
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.clock import Clock

HERE = Path(__file__).parent / "js"

#: The client waits for real, at least a second between two looks at a job.
PLAN, RATE = JobPlan(queued="60s", running="2m"), 60

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def needs(program: str | Path, how_to_get_it: str) -> str:
    """Return the path of a program or folder; without it skip the test, or fail it on a machine for CI."""
    found = shutil.which(program) if isinstance(program, str) else program.exists() and str(program)
    if found:
        return found
    reason = f"{program} is not there; {how_to_get_it}"
    if os.environ.get("MOCK_BACKEND_REQUIRE_CLIENTS"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def node_modules():
    needs(HERE / "node_modules" / "@openeo" / "js-client", "run `npm install` in tests/clients/js")


@pytest.fixture
def url():
    with MockBackend("https://js.test", clock=Clock(datetime.now(UTC), rate=RATE), plan=PLAN) as backend:
        yield backend.live().url


def in_node(url: str, folder: Path) -> dict:
    """Return the report of a walk in Node."""
    node = needs("node", "install Node.js 18 or later")
    command = [node, HERE / "node.mjs", url, "alice", "secret", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_chromium(url: str, folder: Path) -> dict:
    """Return the report of a walk in a page that another server has served."""
    chromium = needs("chromium", "install Debian's package of that name")
    query = urlencode({"url": url, "user": "alice", "password": "secret"})
    with page_server() as (origin, reports), (folder / "chromium.log").open("wb") as log:
        command = [chromium, *CHROMIUM, f"--user-data-dir={folder / 'profile'}"]
        page = f"{origin}/browser.html?{query}"
        process = subprocess.Popen([*command, page], stdout=log, stderr=log, cwd=folder)
        try:
            return reports.get(timeout=60)
        except queue.Empty:
            pytest.fail(f"no report from Chromium: {(folder / 'chromium.log').read_text()[-2000:]}")
        finally:
            process.terminate()
            process.wait(timeout=10)


@contextmanager
def page_server():
    """Serve the pages on a port of their own; what they post goes into a queue."""
    reports: queue.Queue[dict] = queue.Queue()

    class Handler(SimpleHTTPRequestHandler):
        extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

        def do_POST(self):
            reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=HERE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", reports
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("walk", [in_node, in_chromium])
def test_the_whole_api_of_the_client(node_modules, url, tmp_path, walk):
    report = walk(url, tmp_path)

    assert "broken" not in report, report["broken"]
    failures = [f"{each['step']}: {each['error']} [{each['code']}]" for each in report["failures"]]
    assert not failures, "\n".join([f"{len(failures)} of {report['steps']} steps:", *failures])
    assert report["forgotten"] == [], "methods of the client that no step and no reason accounts for"
    assert report["unknown"] == [], "methods of steps that the client does not have"
    assert report["leftAndWalked"] == [], "methods that a step walks through after all"
    assert len(report["walked"]) > 100
