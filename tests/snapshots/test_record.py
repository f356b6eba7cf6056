"""``mock-backend record``: a job of a back-end, and jobs that go as it went."""

import json
from datetime import timedelta

import httpx
import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.cli import main
from mock_backend.cli.reading import Reader, ReadingError
from mock_backend.cli.record import job_plan_members, save
from mock_backend.cli.scrubbing import scrubbed

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}
AREA = {"west": 11, "south": 46, "east": 11.01, "north": 46.01}
TIMES = {"created": "2026-01-01T10:00:00Z", "updated": "2026-01-01T11:00:00Z"}


def line(time, message, level="info", **others):
    return {"id": time, "time": f"2026-01-01T{time}Z", "level": level, "message": message, **others}


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("log_in", ["basic", "token"])
def test_jobs_go_as_a_recorded_one_went(version, log_in, tmp_path, capsys):
    with MockBackend("https://prod.test", api_version=version) as production:
        noted = {"at": 0.5, "message": "half of it", "level": "warning"}
        production.plan(JobPlan(queued="7m", running="53m", logs=[noted], costs=17))
        cube = production.connect().load_collection(
            "SENTINEL2_L2A", AREA, ["2024-06-01", "2024-06-20"], ["B04"]
        )
        job = cube.max_time().create_job(title="composite").start_and_wait(print=lambda _: None)
        content = job.get_results().get_asset().load_bytes()
        options = {"basic": ["--user", "alice:secret"], "token": ["--token", production.token()]}
        assert (
            main(["record", production.url, job.job_id, "-o", str(tmp_path / "job"), *options[log_in]]) == 0
        )

    assert job.job_id in capsys.readouterr().err
    scenario = json.loads((tmp_path / "job" / "scenario.json").read_text())
    assert scenario["plan"]["running"] == "PT53M"
    assert json.loads((tmp_path / "job" / "job.json").read_text())["process"]["process_graph"]
    with MockBackend.from_scenario(tmp_path / "job" / "scenario.json", url="https://again.test") as backend:
        again = backend.connect().create_job(GRAPH).start_and_wait(print=lambda _: None)
        assert backend.clock.elapsed >= timedelta(minutes=60)
        assert again.describe()["costs"] == 17
        (line,) = [each for each in again.logs() if each.message == "half of it"]
        assert line.level == "warning"
        assert again.get_results().get_asset().load_bytes() == content


def test_a_job_that_failed(tmp_path):
    with MockBackend("https://prod.test") as production:
        plan = JobPlan(queued="1m", running="10m", fails_at=0.4, error="out of memory; mail ada@example.com")
        production.plan(plan)
        job = production.connect().create_job(GRAPH)
        job.start()
        production.clock.advance("1h")
        with Reader(production.url, authorization=f"Bearer {production.token()}") as reader:
            assert save(reader, job.job_id, tmp_path, most=0) == 0

    recorded = json.loads((tmp_path / "scenario.json").read_text())["plan"]
    assert recorded["error"] == "out of memory; mail user@example.org"
    assert (recorded["queued"], recorded["running"], recorded["fails_at"]) == ("PT1M", "PT10M", 0.4)


def test_times_from_the_log_alone():
    logs = [
        line("10:20:00", "begun"),
        line("10:35:00", "a quarter", "debug"),
        line("11:20:00", "done", code=7),
    ]
    plan = job_plan_members({"id": "j", "status": "finished", "created": "2026-01-01T10:00:00Z"}, logs)

    assert (plan["queued"], plan["running"]) == ("PT20M", "PT1H")
    assert [(each["at"], each["message"], each["level"]) for each in plan["logs"]] == [
        (0, "begun", "info"),
        (0.25, "a quarter", "debug"),
        (1, "done", "info"),
    ]


@pytest.mark.parametrize(
    ("more", "queued", "running"),
    [
        (
            {
                "queued": "2026-01-01T10:10:00Z",
                "started": "2026-01-01T10:15:00Z",
                "finished": "2026-01-01T10:45:00Z",
            },
            "PT5M",
            "PT30M",
        ),
        ({"usage": {"duration": {"value": 600, "unit": "seconds"}}}, "PT50M", "PT10M"),
    ],
)
def test_times_from_the_metadata(more, queued, running):
    plan = job_plan_members({"id": "j", "status": "finished", **TIMES, **more}, [])
    assert (plan["queued"], plan["running"]) == (queued, running)


def test_the_failure_is_told_once():
    logs = [
        line("10:30:00", "starting"),
        line("10:45:00", "no space left", "error", code="Internal", data={"node": 3}),
        line("11:00:00", "cleaning up"),
    ]
    plan = job_plan_members({"id": "j", "status": "error", "progress": 50, **TIMES}, logs)

    assert (plan["error"], plan["code"], plan["fails_at"]) == ("no space left", "Internal", 0.5)
    assert plan["running"] == "PT1H"
    assert [each["message"] for each in plan["logs"]] == ["starting", "cleaning up"]
    assert plan["logs"][-1]["at"] == 0.5


def test_long_logs_keep_what_matters():
    logs = [line("10:30:00", f"step {number}") for number in range(5000)]
    logs[2500] = line("10:30:00", "odd", "warning")
    kept = [
        each["message"] for each in job_plan_members({"id": "j", "status": "finished", **TIMES}, logs)["logs"]
    ]

    assert len(kept) <= 1000
    assert {"step 0", "odd", "step 4999"} <= {*kept}


@pytest.mark.parametrize("status", ["created", "queued", "running"])
def test_jobs_that_have_not_ended(status):
    with pytest.raises(ValueError, match=f"job j is {status}; only one that has ended"):
        job_plan_members({"id": "j", "status": status}, [])


def test_jobs_of_which_nothing_is_told():
    with pytest.raises(ValueError, match="nothing tells when job j was started"):
        job_plan_members(
            {"id": "j", "status": "finished", "created": "yesterday", "usage": [], "progress": "all"}, [None]
        )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://s3.test/a.tif?X-Amz-Signature=abc&x=1", "https://s3.test/a.tif"),
        ("see https://ada:pw@s3.test/a.tif now", "see https://s3.test/a.tif now"),
        (
            "https://prod.test/jobs/j-1/results/assets/dXNlcg%3D%3D/5f4dcc3b5aa765d61d8327deb882cf99/a.tif",
            "https://prod.test/jobs/j-1/results/assets/***/***/a.tif",
        ),
        ("Authorization: Bearer basic//abc.def", "Authorization: Bearer ***"),
        ("token oidc/egi/ey.a-b", "token oidc/egi/***"),
        ("jwt eyJhbGciOiJI.eyJzdWIi.c2ln here", "jwt *** here"),
        ("AKIAABCDEFGHIJKLMNOP", "***"),
        ('{"client_secret": "hush", "x": 1}', '{"client_secret": "***", "x": 1}'),
        ("AWS_SECRET_ACCESS_KEY=abc/def next", "AWS_SECRET_ACCESS_KEY=*** next"),
        ("failed for ada@example.com", "failed for user@example.org"),
        ("user ada-1 of ada-11", "user user of ada-11"),
        ("3 tokens were read: all is well", "3 tokens were read: all is well"),
        ("EPSG:32632, 12.5 % done", "EPSG:32632, 12.5 % done"),
    ],
)
def test_secrets_are_taken_out(text, kept):
    assert scrubbed({"a": [text]}, ["ada-1"]) == {"a": [kept]}


def test_members_that_are_secrets():
    given = {"api_key": "k", "options": {"password": "p", "tokens": 3}, "sig": "s", "design": "good"}
    assert scrubbed(given) == {
        "api_key": "***",
        "options": {"password": "***", "tokens": 3},
        "sig": "***",
        "design": "good",
    }


def test_large_results_are_left_out(tmp_path, capsys):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "of-another-job.tif").write_text("")
    with MockBackend("https://prod.test") as production:
        job = production.connect().create_job(GRAPH).start_and_wait(print=lambda _: None)
        with Reader(production.url, authorization=f"Bearer {production.token()}") as reader:
            save(reader, job.job_id, tmp_path, most=1)

    assert "is left out" in capsys.readouterr().err
    assert "results" not in json.loads((tmp_path / "scenario.json").read_text())


def test_names_of_results_cannot_leave_the_folder(tmp_path):
    documents = {
        "/": {},
        "/jobs/j": {
            "id": "j",
            "status": "finished",
            **TIMES,
            "usage": {"duration": {"value": 1, "unit": "seconds"}},
        },
        "/jobs/j/logs": {"logs": [], "links": []},
        "/jobs/j/results": {
            "assets": {
                "../../x.txt": {"href": "https://files.test/x?sig=1"},
                "b4b2": {"href": "https://files.test/y.png?sig=1"},
            }
        },
        "/me": {"user_id": "ada"},
        **dict.fromkeys(("/x?sig=1", "/y.png?sig=1"), "content"),
    }

    def answer(request):
        path = request.url.raw_path.decode()
        return httpx.Response(200, json=documents[path]) if path in documents else httpx.Response(404)

    reader = Reader("prod.test", transport=httpx.MockTransport(answer))
    save(reader, "j", tmp_path / "in", most=1000)
    assert {each.name for each in (tmp_path / "in" / "results").iterdir()} == {".._.._x.txt", "b4b2.png"}


def test_wrong_passwords_and_jobs(mock_backend, tmp_path, capsys):
    assert main(["record", mock_backend.url, "j", "-o", str(tmp_path), "--user", "alice:wrong"]) == 2
    assert "403" in capsys.readouterr().err
    assert main(["record", mock_backend.url, "j", "-o", str(tmp_path), "--user", "alice:secret"]) == 2
    assert "404" in capsys.readouterr().err
    with Reader(mock_backend.url) as reader, pytest.raises(ReadingError, match="401"):
        reader.get("me")


def test_it_logs_in_as_the_client_does(mock_backend, tmp_path):
    job = mock_backend.connect().create_job(GRAPH).start_and_wait(print=lambda _: None)

    assert main(["record", mock_backend.url, job.job_id, "-o", str(tmp_path)]) == 0
    assert mock_backend.oidc.requests.select("POST /token")
    both = ["--user", "alice:secret", "--token", "t"]
    assert main(["record", mock_backend.url, job.job_id, "-o", str(tmp_path), *both]) == 2
