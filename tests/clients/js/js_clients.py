"""Helpers for foreign JavaScript: Node, Chromium, a server of pages, a person who clicks."""

import functools
import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

#: In seconds: more than anything here takes on a busy machine.
PATIENCE = 60

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


def needs_node(*packages: str) -> str:
    """Return the path of Node.js, where these packages are."""
    for package in packages:
        needs(HERE / "node_modules" / package, "run `npm install` in tests/clients/js")
    return needs("node", "install Node.js 18 or later")


def needs_chromium() -> str:
    """Return the path of Chromium."""
    return needs("chromium", "install Debian's package of that name")


def run_node(node: str, script: str, *arguments: str | Path) -> Any:
    """Return the report that a script prints as JSON."""
    command = [node, HERE / script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def page_server(folder: Path = HERE) -> Iterator[tuple[str, queue.Queue]]:
    """Serve pages on a port of their own; what they post goes into a queue."""
    reports: queue.Queue[dict] = queue.Queue()

    class Handler(SimpleHTTPRequestHandler):
        extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

        def do_POST(self):
            reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", reports
    finally:
        server.shutdown()
        server.server_close()


class Browser:
    """Chromium, and a person who uses it: what is on a page is found as people find it, by its label."""

    def __init__(self) -> None:
        node, chromium = needs_node("playwright-core"), needs_chromium()
        command = [node, HERE / "drive.mjs", chromium, *CHROMIUM]
        self._driver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def anew(self) -> "Browser":
        """Forget everything, as a browser that has never been anywhere."""
        self._do("anew")
        return self

    def open(self, url: str) -> "Browser":
        """Go to a URL."""
        self._do("open", url)
        return self

    def fill(self, **fields: str) -> "Browser":
        """Fill fields by their labels: ``User_name="alice"``."""
        for label, value in fields.items():
            self._do("fill", label.replace("_", " "), value)
        return self

    def click(self, button: str) -> "Browser":
        """Click a button, and wait for what it leads to."""
        self._do("click", button)
        return self

    def press(self, key: str, *, leads_on: bool = False) -> "Browser":
        """Press a key, and wait for what it leads to if it does."""
        self._do("submit" if leads_on else "press", key)
        return self

    def resize(self, width: int, height: int) -> "Browser":
        """Change the size of the window."""
        self._do("resize", width, height)
        return self

    def push(self, button: str) -> "Browser":
        """Click a button that leads to no other page."""
        self._do("push", button)
        return self

    def choose(self, label: str, option: str) -> "Browser":
        """Choose an option of a list."""
        self._do("choose", label, option)
        return self

    def until(self, script: str) -> "Browser":
        """Wait until an expression is true in the page."""
        self._do("until", script)
        return self

    def colors(self, scheme: str) -> "Browser":
        """Prefer ``light`` or ``dark`` colours."""
        self._do("colors", scheme)
        return self

    @property
    def hosts(self) -> set[str]:
        """The hosts, and other schemes, that something was asked of."""
        return set(self._do("hosts"))

    @property
    def failures(self) -> list[str]:
        """The errors in the page's scripts and on its console."""
        return self._do("failures")

    def violations(self) -> list[list[str]]:
        """Return what axe finds wrong for people with disabilities: rule, impact, and some elements."""
        return self._do("violations")

    def run(self, script: str) -> Any:
        """Return what an expression gives in the page."""
        return self._do("run", script)

    def save(self, path: Path) -> None:
        """Save what the page looks like."""
        self._do("save", str(path))

    @property
    def url(self) -> str:
        """Its URL."""
        return self._do("url")

    @property
    def text(self) -> str:
        """The text of the page."""
        return self._do("text")

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        return self._do("status")

    def contrast(self) -> float:
        """Return the contrast of the text that is hardest to read (WCAG 2.2, 1.4.3)."""
        return self._do("contrast")

    def asks_for(self, label: str) -> bool:
        """Tell whether there is a field of this label."""
        return self._do("fields", label) > 0

    def close(self) -> None:
        """Close the browser."""
        self._driver.stdin.close()
        self._driver.wait(timeout=PATIENCE)
        self._driver.stdout.close()

    def _do(self, verb: str, *arguments: Any) -> Any:
        self._driver.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self._driver.stdin.flush()
        told = self._driver.stdout.readline()
        assert told, "the driver of the browser has ended; what it said is on stderr"
        answer = json.loads(told)
        assert "error" not in answer, f"{verb} {arguments}: {answer['error']}"
        return answer.get("value")
