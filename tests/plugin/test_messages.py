"""The messages that the author of a test sees, word for word: one run of pytest for all of a kind."""

import re
import textwrap
from pathlib import Path

import pytest

HEAD = """
    import pytest
    import requests
    from mock_backend import Fault, JobPlan, MockBackend
    from mock_backend.control.faults import Delay

    ARGUMENTS = {"id": "X", "bands": None, "more": 1}
    GRAPH = {
        "a": {"process_id": "load_collection", "arguments": ARGUMENTS, "result": True},
        "b": {"process_id": "add", "arguments": {"x": 1, "y": 2}},
    }

    @pytest.fixture
    def job(mock_backend, mock_backend_connection):
        return mock_backend_connection.load_collection("SENTINEL2_L2A").create_job(title="one")

    @pytest.fixture
    def ask(mock_backend):
        log_in = {"Authorization": f"Bearer {mock_backend.token()}"}
        return lambda url, method="GET": requests.request(method, url, headers=log_in)
"""


@pytest.fixture
def messages(pytester):
    """Run a test for each body, all in one process; return what each has failed with."""

    def messages(bodies, *options):
        text = textwrap.dedent(HEAD)
        for number, body in enumerate(bodies):
            marks, _, lines = textwrap.dedent(body).strip().rpartition("---\n")
            fixtures = [
                each for each in ("mock_backend_graphs", "mock_backend_factory", "ask") if each in lines
            ]
            text += f"\n\n{marks}def test_{number}({', '.join(['mock_backend', 'job', *fixtures])}):\n"
            text += textwrap.indent(lines, "    ")
        pytester.makepyfile(test_it=text)
        result = pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "-p", "no:syrupy", "--tb=short", *options
        )
        parts = re.split(r"^_{3,} (?:ERROR at setup of )?test_(\d+) _{3,}$", result.stdout.str(), flags=re.M)
        told = {}
        for number, part in zip(parts[1::2], parts[2::2], strict=True):
            lines = [line[4:].strip() for line in part.splitlines() if line.startswith("E   ")]
            text = re.sub(r"j-\d{6}[0-9a-f]{20}", "JOB", "\n".join(lines) or part)
            told[int(number)] = re.sub(
                r"(test_it\.py):\d+", r"\1:LINE", text.replace(str(pytester.path), "FOLDER")
            )
        return [told.get(number, "no failure") for number in range(len(bodies))]

    return messages


def sections():
    """Yield the sections of ``messages.txt``: a title, and messages by bodies of tests."""
    text = Path(__file__).with_name("messages.txt").read_text(encoding="utf-8")
    for section in text.split("\n=== ")[1:]:
        title, *blocks = section.strip().split("\n\n")
        pairs = [re.fullmatch(r"((?:> [^\n]*\n)+)(.*)", block, re.DOTALL).groups() for block in blocks]
        yield pytest.param({re.sub(r"(?m)^> ", "", body): told for body, told in pairs}, id=title)


@pytest.mark.parametrize("expected", list(sections()))
def test_each_message_is_as_it_is_documented(messages, expected):
    assert dict(zip(expected, messages(expected), strict=True)) == expected
