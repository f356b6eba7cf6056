"""The JavaScript client walks through its whole API, in Node and in a page of another origin."""

import queue
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from js_clients import CHROMIUM, PATIENCE, needs_chromium, needs_node, page_server, run_node

from mock_backend import JobPlan, MockBackend
from mock_backend.clock import Clock

CLIENT = "@openeo/js-client"

#: The client waits for real, at least a second between two looks at a job, so these are few.
PLAN, RATE = JobPlan.polls(queued=1, running=1, estimate={"costs": 12, "duration": "PT3M"}), 60


@pytest.fixture
def node() -> str:
    return needs_node(CLIENT)


@pytest.fixture(params=["1.2", "1.3"])
def backend(request):
    clock = Clock(datetime.now(UTC), rate=RATE)
    # Some steps expect to be refused, as the specification has it.
    options = {"profile": "spec", "api_version": request.param, "clock": clock, "plan": PLAN}
    with MockBackend("https://js.test", **options) as backend:
        yield backend


def in_node(node: str, backend: MockBackend, folder: Path) -> dict:
    """Return the report of a walk in Node."""
    version = backend.settings.api_version
    return run_node(node, "node.mjs", backend.live().url, version, "alice", "secret", folder)


def in_chromium(_: str, backend: MockBackend, folder: Path) -> dict:
    """Return the report of a walk in a page that another server has served."""
    chromium = needs_chromium()
    with page_server() as (origin, reports), (folder / "chromium.log").open("wb") as log:
        # The client compares redirect URLs with their ports, so the page needs a client of its own.
        backend.oidc.add_client("page", redirect_urls=f"{origin}/callback.html", is_default=True)
        about = {"url": backend.live().url, "version": backend.settings.api_version}
        query = about | {"user": "alice", "password": "secret", "client": "page"}
        page = f"{origin}/browser.html?{urlencode(query)}"
        flags = [*CHROMIUM, "--disable-popup-blocking", f"--user-data-dir={folder / 'profile'}"]
        process = subprocess.Popen([chromium, *flags, page], stdout=log, stderr=log, cwd=folder)
        try:
            return reports.get(timeout=PATIENCE)
        except queue.Empty:
            pytest.fail(f"no report from Chromium: {(folder / 'chromium.log').read_text()[-2000:]}")
        finally:
            process.terminate()
            process.wait(timeout=10)


@pytest.mark.parametrize("walk", [in_node, in_chromium])
def test_the_whole_api_of_the_client(node, backend, tmp_path, walk):
    report = walk(node, backend, tmp_path)

    assert "broken" not in report, report["broken"]
    failures = [f"{each['step']}: {each['error']} [{each['code']}]" for each in report["failures"]]
    assert not failures, "\n".join([f"{len(failures)} of {report['steps']} steps:", *failures])
    assert report["forgotten"] == [], "methods of the client that no step and no reason accounts for"
    assert report["unknown"] == [], "methods of steps that the client does not have"
    assert report["leftAndWalked"] == [], "methods that a step walks through after all"
    assert len(report["walked"]) > 100
