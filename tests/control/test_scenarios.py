"""Scenario files: a back-end and all orders given to it, as plain data."""

import json
from pathlib import Path

import jsonschema
import pytest

from mock_backend import MockBackend
from mock_backend.cli.serve import serve
from mock_backend.control.scenarios import READY, Scenario, scenario_of, schema, shrink, story

ROOT = Path(__file__).resolve().parents[2]

WHOLE = {
    "name": "whole",
    "profile": "cdse",
    "api_version": "1.2",
    "seed": 7,
    "start": "2030-01-01T00:00:00Z",
    "relaxed": ["unknown-band"],
    "users": {"bob": "b", "carol": {"password": "c", "budget": 5}},
    "collections": [{"id": "MINE", "bands": ["B1"], "title": "Mine"}],
    "plan": {"queued": 0, "running": "1m"},
    "plans": [{"running": "10m", "fails_at": 0.5, "error": "no", "title": "bad*", "times": 2}],
    "capacity": {"running": 1, "queue": 3},
    "tokens": {"basic": "1h", "access": "5m"},
    "faults": [{"kind": "error", "status": 429, "route": "GET /jobs", "times": 2}],
    "provider_faults": [{"kind": "delay", "by": "5s", "route": "POST /token"}],
}


@pytest.mark.parametrize(
    "given", [WHOLE, *READY], ids=lambda each: each if isinstance(each, str) else "whole"
)
def test_it_comes_back_and_fits_the_schema(given):
    scenario = scenario_of(given)
    data = json.loads(scenario.to_text())

    jsonschema.Draft202012Validator(schema()).validate(data)
    assert Scenario.from_dict(data) == scenario


def test_the_published_schema_is_up_to_date():
    published = json.loads((ROOT / "docs" / "scenario.schema.json").read_text())

    jsonschema.Draft202012Validator.check_schema(published)
    # Words may be newer in the code: `make schema` writes the file.
    assert _without_words(published) == _without_words(schema())


def _without_words(value):
    if isinstance(value, dict):
        return {
            name: _without_words(each)
            for name, each in value.items()
            if not isinstance(each, str) or name != "description"
        }
    return [_without_words(each) for each in value] if isinstance(value, list) else value


def test_a_back_end_is_as_it_says(api_of):
    with MockBackend.from_scenario(WHOLE) as backend:
        assert backend.clock.start.year == 2030
        assert (backend.settings.profile.name, backend.settings.seed) == ("cdse", 7)
        api = api_of(backend, "bob")
        assert [api("GET /jobs").status_code for _ in range(3)] == [429, 429, 200]
        assert api("GET /collections/MINE").json()["title"] == "Mine"
        for title in ("bad", "good"):
            api.start(api.create(title=title))
        backend.clock.advance("30s")
        assert [job.status for job in backend.jobs] == ["queued", "running"]
        assert backend.oidc.access_token_ttl.total_seconds() == 300
        assert len(backend.oidc.faults.active()) == 1


def test_arguments_come_before_it():
    with MockBackend.from_scenario(WHOLE, seed=8, profile="gee") as backend:
        assert (backend.settings.profile.name, backend.settings.seed) == ("gee", 8)


def test_a_reset_gives_the_orders_again(api_of):
    with MockBackend.from_scenario(WHOLE) as backend:
        api = api_of(backend)
        for _ in range(2):
            assert [api("GET /jobs").status_code for _ in range(3)] == [429, 429, 200]
            backend.reset()
            assert len(backend.jobs) == 0
            api = api_of(backend)


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_it_can_be_a_file(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    # JSON is YAML, too.
    path.write_text(json.dumps(WHOLE) if suffix == ".json" else "name: whole\nstart: 2030-01-01T00:00:00Z\n")

    assert scenario_of(path).name == "whole"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("caos", r"Did you mean 'chaos'"),
        ({"fault": []}, r"no member 'fault'\. Did you mean 'faults'"),
        (
            {"faults": [{"kind": "delay", "by": "5s"}, {"kind": "dely"}]},
            r"faults\[1\]: Unknown kind of fault 'dely'",
        ),
        (
            {"plans": [{"runing": "5m"}]},
            r"plans\[0\]: A plan has no member 'runing'\. Did you mean 'running'",
        ),
        ({"capacity": {"running": 0}}, r"capacity: .*at least 1, got 0"),
        ({"tokens": {"acess": "5m"}}, r"tokens has no member 'acess'\. Did you mean 'access'"),
        ({"tokens": {"access": "soon"}}, r"tokens: .*'soon'"),
        ({"start": "2030-01-01"}, r"start: .*time zone"),
        ({"faults": {}}, r"faults must be a list"),
    ],
)
def test_what_makes_no_sense(given, words):
    with pytest.raises((ValueError, TypeError), match=words):
        scenario_of(given)


def test_a_fault_that_no_request_could_run_into():
    with pytest.raises(ValueError, match=r"faults\[0\]: No endpoint has the path template '/job'"):
        MockBackend.from_scenario({"faults": [{"route": "GET /job"}]})


def test_the_command_line_names_the_ready_ones():
    (option,) = (each for each in serve.params if each.name == "scenario")

    assert all(name in option.help for name in READY)


# -- shrinking -------------------------------------------------------------------------------------


def _restarts(backend):
    """A client that starts a job again because it did not hear of its start."""
    connection = backend.connect()
    cube = connection.load_collection("SENTINEL2_L2A")
    for number in range(20):
        try:
            job = cube.create_job(title=str(number))
        except Exception:
            continue
        for _ in range(2):
            try:
                job.start()
                break
            except Exception:
                backend.clock.advance("1h")
    return any(job.job.run is not None and job.job.run.number > 1 for job in backend.jobs)


def test_a_story_is_shrunk_to_what_makes_the_test_fail():
    def fails(scenario):
        with MockBackend.from_scenario(scenario) as backend:
            return _restarts(backend)

    # Twenty jobs are few: with most other seeds all starts go well.
    with MockBackend.from_scenario("chaos", seed=5) as backend:
        assert _restarts(backend)
        told = story(backend.scenario, backend.faults.strikes)

    shrunk = shrink(told, fails)

    assert len(told.faults) > 1
    assert len(shrunk.scenario.faults) == 1
    assert shrunk.scenario.faults[0]["route"] == "POST /jobs/{job_id}/results"
    assert shrunk.scenario.faults[0]["when"] == "after"
    assert fails(Scenario.from_dict(json.loads(str(shrunk))))
    assert shrunk.runs < 30


def test_it_ends_after_some_runs():
    scenario = Scenario(faults=[{"route": "GET /jobs", "nth": number} for number in range(1, 100)])
    runs = []

    def fails(candidate):
        runs.append(candidate)
        return len(candidate.faults) == 99

    assert list(shrink(scenario, fails, most_runs=20).scenario.faults) == scenario.faults
    assert len(runs) == 20


def test_only_what_is_needed_is_kept():
    scenario = Scenario(
        capacity={"running": 1}, faults=[{"route": "GET /jobs", "nth": number} for number in range(1, 41)]
    )

    shrunk = shrink(scenario, lambda each: {3, 17, 40} <= {fault["nth"] for fault in each.faults})

    assert [fault["nth"] for fault in shrunk.scenario.faults] == [3, 17, 40]
    assert shrunk.scenario.capacity is None
