"""Arguments of the command ``mock-backend``, and what it does without a server."""

import re

import pytest

from mock_backend.cli import main


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Commands:"),
        (["serve", "--user", "alice"], "NAME:PASSWORD"),
        (["serve", "--user", ":x"], "NAME:PASSWORD"),
        (["serve", "--user", "alice:"], "NAME:PASSWORD"),
        (["serve", "--trust", "egi"], "ID=URL"),
        (["serve", "--trust", "egi=openeo.test"], "ID=URL"),
        (["serve", "--profile", "esa"], "cdse"),
        (["serve", "--api-version", "2.0"], "Unknown version '2.0'"),
        (["serve", "--job-time", "soon"], "Cannot read 'soon' as a duration"),
        (["serve", "--job-time", "-1s"], "--job-time"),
        (["serve", "--speed", "-1"], "--speed"),
        (["serve", "--speed", "fast"], "--speed"),
        (["serve", "--port", "http"], "--port"),
        (["serve", "--port", "99999"], "0 to 65535"),
        (["serve", "--prot", "1"], "--port"),
        (["serve", "--catalog", "nowhere"], "nowhere"),
        (["serve", "--plan", "soon"], "queued=30s"),
        (["serve", "--plan", "{running}"], "JSON"),
        (["serve", "--plan", "runs=10m"], "runs"),
        (["serve", "--plan", "running=10m,fails_at=half"], "from 0 to 1"),
        (["serve", "--plan", "running=10m", "--job-time", "1s"], "give one of them"),
        (["serve", "--run-udfs", "--host", "0.0.0.0"], "--run-udfs"),
        (["serve", "-v", "-q"], "exclude each other"),
        (["serve", "--workers", "0"], "--workers"),
    ],
)
def test_senseless_arguments(capsys, arguments, words):
    assert main(arguments) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert words in told.err
    assert not arguments or told.err.count("\n") == 1


def test_the_demo_runs_two_hours_in_no_time(capsys):
    assert main(["demo"]) == 0

    told = capsys.readouterr().out
    assert "queued" in told
    assert re.search(r"2:05:\d\d  finished  100 %", told)
    assert "openEO.tif" in told


def test_the_version(capsys):
    assert main(["--version"]) == 0

    assert re.search(r"\d+\.\d+\.\d+", capsys.readouterr().out)


def test_processes_that_cannot_be_read(tmp_path, capsys):
    assert main(["serve", "--port", "0", "--processes", str(tmp_path / "nothing")]) == 1
    out, err = capsys.readouterr()
    assert (out, err.startswith("mock-backend: ")) == ("", True)
    assert "nothing" in err


def test_a_folder_without_processes(tmp_path, capsys):
    assert main(["serve", "--port", "0", "--processes", str(tmp_path)]) == 1
    assert "no process definitions" in capsys.readouterr().err


def test_a_folder_without_collections(tmp_path, capsys):
    (tmp_path / "broken.json").write_text("{")
    assert main(["serve", "--port", "0", "--catalog", str(tmp_path)]) == 1
    assert "broken.json is not JSON" in capsys.readouterr().err
    (tmp_path / "broken.json").write_text("{}")
    assert main(["serve", "--port", "0", "--catalog", str(tmp_path)]) == 1
    assert "no collections" in capsys.readouterr().err


def test_help_has_examples(capsys):
    assert main(["serve", "--help"]) == 0
    assert "mock-backend serve --port 0 -q --store jobs.json" in capsys.readouterr().out
