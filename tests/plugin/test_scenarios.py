"""Scenarios by marker, and stories that are shrunk when a test fails."""

import re


def test_a_test_runs_in_a_scenario(pytester):
    pytester.makefile(".json", mine='{"seed": 5, "start": "2030-01-01T00:00:00Z"}')
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.mock_backend(scenario="happy")
        def test_ready(mock_backend):
            assert mock_backend.scenario.name == "happy"

        @pytest.mark.mock_backend(scenario="mine.json", seed=6)
        def test_file(mock_backend, mock_backend_clock):
            assert mock_backend_clock.now().year == 2030
            assert mock_backend.settings.seed == 6

        def test_more(mock_backend_factory):
            assert mock_backend_factory(scenario="busy-day").orders
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


FAILING = """
    import pytest

    @pytest.fixture(scope="module")
    def shared():
        yield
        print("THE END")

    @pytest.mark.mock_backend(scenario={"faults": [
        {"kind": "error", "status": 500, "route": "GET *", "times": None, "probability": 0.1},
        {"kind": "delay", "by": "1s", "times": None},
    ]})
    def test_fails(mock_backend, shared):
        import requests

        seen = [requests.get(mock_backend.url + "/conformance").status_code for _ in range(50)]
        assert 500 not in seen

    def test_next(shared):
        pass
"""


def section_of(result):
    """Return the title of the last section of a report, and its text."""
    *_, title, text = re.split(r"^-+ (mock back-end: .*) -+$", result.stdout.str(), flags=re.M)
    return title, re.split(r"^=", text, flags=re.M)[0].strip()


def test_a_failure_tells_the_shortest_scenario(pytester):
    pytester.makepyfile(FAILING)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=1, passed=1)
    assert section_of(result) == (
        "mock back-end: the shortest scenario in which this test fails",
        """{
  "name": "scenario, shrunk",
  "faults": [
    {"kind": "error", "status": 500, "route": "GET /conformance", "nth": 31}
  ]
}
(4 more runs; scenario='FILE' runs a test in it)""",
    )


def test_nothing_runs_again_if_it_shall_not(pytester):
    pytester.makepyfile(FAILING)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--mock-backend-shrink=0")

    result.assert_outcomes(failed=1, passed=1)
    assert "shortest scenario" not in result.stdout.str()


def test_a_failure_that_does_not_come_again_tells_the_whole_story(pytester):
    pytester.makepyfile(
        """
        import pytest

        runs = []

        @pytest.mark.mock_backend(scenario={"faults": [{"kind": "delay", "by": "1s", "times": None}]})
        def test_fails(mock_backend):
            runs.append(mock_backend)
            assert len(runs) > 1
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    assert section_of(result) == (
        "mock back-end: a scenario in which this test failed, but does not fail again",
        """{
  "faults": [
    {"kind": "delay", "by": "1s", "times": null}
  ]
}""",
    )
