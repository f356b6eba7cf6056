"""The watch over all answers, in pytest runs of their own."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: Tests that may ask for answers beside the document. Each has its reason; think twice before there are more.
MOST_OPT_OUTS = 7

WITH_VIOLATIONS = """
    import httpx
    import pytest
    import requests
    from fastapi import Response
    from mock_backend import MockBackend
    from mock_backend.jobs import JobsRegister

    class Odd(JobsRegister):
        def list_jobs(self):
            return {"jobs": "none"}

    @pytest.fixture
    def odd():
        with MockBackend("https://odd.test", registers=[Odd]) as backend:
            yield backend

    def test_fine(mock_backend):
        assert requests.get(mock_backend.url).status_code == 200

    def test_violation(odd):
        requests.get(odd.url + "/jobs")

    def test_violation_over_a_socket(odd):
        requests.get(odd.live().url + "/jobs")

    def test_violation_by_httpx(odd):
        httpx.get(odd.url + "/jobs")

    def test_violation_below_a_path():
        with MockBackend("https://deep.test/openeo/1.2", registers=[Odd]) as backend:
            requests.get(backend.url + "/jobs")

    class Broken(JobsRegister):
        def list_jobs(self):
            return Response(b"raw", media_type="application/json", headers={"Content-Encoding": "gzip"})

    def test_broken_encoding():
        with MockBackend("https://broken.test", registers=[Broken]) as backend:
            requests.get(backend.url + "/jobs", stream=True)

    def test_violation_in_an_app_of_its_own(odd):
        @odd.app.put("/jobs")
        async def put():
            return {}

        requests.put(odd.url + "/jobs")

    def test_failure_of_its_own(odd):
        requests.get(odd.url + "/jobs")
        assert False, "its own"

    @pytest.fixture
    def asked(odd):
        return requests.get(odd.url + "/jobs")

    def test_violation_in_a_fixture(asked):
        pass

    @pytest.mark.off_contract("to see what happens")
    def test_opted_out(odd):
        requests.get(odd.url + "/jobs")

    @pytest.mark.off_contract("to see what happens")
    def test_opted_out_for_nothing(mock_backend):
        requests.get(mock_backend.url)
"""

FINE = """
    import requests

    def test_fine(mock_backend):
        assert requests.get(mock_backend.url).status_code == 200
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run tests in a process of their own: the watch over this one is not to see them."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))

    def run(source, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        pytester.makepyfile(source)
        plugins = ("openeo_contract.plugin", "no:cacheprovider")
        chosen = (argument for plugin in plugins for argument in ("-p", plugin))
        return pytester.runpytest_subprocess(*chosen, "-rA", "--strict-markers")

    return run


def test_violations_fail_the_test_that_asked_for_them(shared, run):
    result = run(WITH_VIOLATIONS)

    result.assert_outcomes(passed=2, failed=8, errors=1)
    report = result.stdout.str()
    passed = set(re.findall(r"^PASSED \S+::(\w+)", report, re.MULTILINE))
    assert passed == {"test_fine", "test_opted_out"}
    assert report.count('GET /jobs -> 200: body[\'jobs\']: "none" is not of type "array"') >= 6
    assert "PUT /jobs -> 200: the document has no such operation" in report
    assert "GET /jobs -> 200: cannot be judged: BadGzipFile" in report
    assert "its own" in report
    assert "off_contract: nothing this test asked for violates the contract; take the mark away" in report
    assert re.search(r"contract: \d+ answers to 2 operations .*; 2 tests opted out", report)


@pytest.mark.parametrize("mark", ["off_contract", "off_contract('  ')"])
def test_opting_out_needs_a_reason(shared, run, mark):
    result = run(f"import pytest\n\n@pytest.mark.{mark}\ndef test_it():\n    pass\n")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*write @pytest.mark.off_contract(*"])


def test_without_the_document_the_watch_is_off_and_says_so(run, tmp_path):
    result = run(FINE, OPENEO_REFERENCES=str(tmp_path), OPENEO_REFERENCES_REQUIRED="0")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"contract: off, because *{tmp_path}*", f"contract: OFF, *{tmp_path}*"])


def test_without_a_required_document_nothing_runs(run, tmp_path):
    result = run(FINE, OPENEO_REFERENCES=str(tmp_path), OPENEO_REFERENCES_REQUIRED="1")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*OPENEO_REFERENCES_REQUIRED is set, but *{tmp_path}*"])


def test_opting_out_is_rare():
    tests = HERE.parent.rglob("test_*.py")
    marked = [path.name for path in tests if path.parent != HERE for _ in _MARK.finditer(path.read_text())]

    assert len(marked) <= MOST_OPT_OUTS, marked


_MARK = re.compile(r"\bmark\.off_contract\(")
