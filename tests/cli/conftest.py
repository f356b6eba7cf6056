"""Servers that the command ``mock-backend serve`` starts."""

import contextlib
import signal
import subprocess
import sys

import pytest


@contextlib.contextmanager
def servers():
    """Yield what starts ``mock-backend serve``; it returns the process and its API's URL."""
    processes = []

    def start(*arguments: str):
        process = subprocess.Popen(
            [sys.executable, "-m", "mock_backend", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        line = process.stdout.readline().strip()
        assert line.endswith("/") or not line
        return process, line.removesuffix("/")

    try:
        yield start
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@pytest.fixture
def serve():
    with servers() as start:
        yield start


@pytest.fixture(scope="module")
def url():
    """The URL of the API of a server that was told nothing but of a client."""
    with servers() as start:
        process, url = start("--client", "robot:hush")
        yield url
        stop(process)


def stop(process):
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
