"""A server in a process of its own."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests


class Server:
    """``mock-backend serve``.

    Args:
        options: Its command line.
    """

    def __init__(self, options):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mock_backend", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = self.process.stdout.readline().strip().removesuffix("/")
        #: Texts printed after its URL, and as errors; known at its end.
        self.greeting = self.errors = ""

    def me(self, token):
        """Return the status of ``GET /me`` with a basic token."""
        headers = {"Authorization": f"Bearer basic//{token}"}
        return requests.get(f"{self.url}/me", headers=headers, timeout=5).status_code

    def end(self, number=signal.SIGTERM):
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        more, self.errors = self.process.communicate(timeout=20)
        self.greeting += more


@pytest.fixture
def serving():
    """Serve for a block of code."""

    @contextmanager
    def start(*options):
        server = Server(options)
        try:
            while server.url and "Stop with" not in server.greeting:
                server.greeting += server.process.stdout.readline()
            yield server
        finally:
            server.end()

    return start
