"""``mock-backend run``: scripts and notebooks as they are."""

import json
import sys
import time

import pytest
from openeo.rest.auth.config import RefreshTokenStore

from mock_backend.cli import main

CDSE = "https://openeo.dataspace.copernicus.eu"
JOB = """
import time
import openeo

connection = openeo.connect("{host}").authenticate_oidc()
cube = connection.load_collection(
    "SENTINEL2_L2A",
    spatial_extent={{"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.22}},
    temporal_extent=["2024-06-01", "2024-06-10"],
    bands=["B04"],
)
job = cube.create_job(title="as it is")
job.start()
while job.status() not in ("finished", "error"):
    time.sleep(30)
print("status:", job.status())
"""


@pytest.fixture
def run(tmp_path, capsys):
    """Write a program and run it; return the status, and what it has printed."""

    def run(source, *arguments, options=(), name="script.py"):
        path = tmp_path / name
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        status = main(["run", *options, str(path), *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def run_cells(run):
    """Do the same with the cells of a notebook."""

    def run_cells(*cells, **metadata):
        content = [{"cell_type": "markdown", "source": ["# Title"]}]
        # Both forms that notebooks have.
        content += [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells[:1]]
        content += [{"cell_type": "code", "source": cell} for cell in cells[1:]]
        return run(json.dumps({"cells": content, "metadata": metadata}), name="notebook.ipynb")

    return run_cells


class TestScripts:
    def test_a_job_from_log_in_to_end(self, run):
        began = time.monotonic()
        status, out, err = run(JOB.format(host="openeo.dataspace.copernicus.eu"))

        assert (status, out.splitlines()[-1]) == (0, "status: finished")
        assert f"{CDSE}/openeo/1.2: " in err
        assert "jobs: 1 finished" in err
        assert "0:00:" in err
        # It sleeps for more than five minutes of the back-end's time.
        assert time.monotonic() - began < 300

    @pytest.mark.parametrize("host", ["openeofed.dataspace.copernicus.eu", "openeo.cloud", "openeo.eodc.eu"])
    def test_at_each_known_host(self, run, host):
        status, _, err = run(f"import openeo\nprint(openeo.connect({host!r}).list_collection_ids())")

        assert status == 0
        assert err.count("requests; jobs: none") == 1

    def test_at_another_host(self, run):
        status, out, err = run(
            JOB.format(host="openeo.example.org"), options=["--url", "https://openeo.example.org"]
        )

        assert (status, "status: finished" in out) == (0, True)
        assert "https://openeo.example.org: " in err

    def test_a_profile_for_all_of_them(self, run):
        script = f"import openeo\nprint(openeo.connect({CDSE!r}).list_auth_providers())"

        assert "'CDSE'" in run(script)[1]
        assert "'CDSE'" not in run(script, options=["--profile", "spec"])[1]

    def test_it_is_the_main_program(self, run, tmp_path):
        (tmp_path / "beside_it.py").write_text("name = 'beside it'")
        status, out, _ = run(
            "import sys, beside_it, __main__\n"
            "print(__name__, __file__ == sys.argv[0], sys.argv[1:], beside_it.name, __main__.__name__)",
            "a",
            "--profile",
            "b",
        )

        assert (status, out) == (0, "__main__ True ['a', '--profile', 'b'] beside it __main__\n")

    def test_nothing_of_it_stays(self, run):
        before = sys.argv, sys.path[:], sys.modules["__main__"], time.sleep
        run("import os, sys\nsys.path.append('x')\nos.environ['MOCK_BACKEND_X'] = '1'")

        assert before == (sys.argv, sys.path[:], sys.modules["__main__"], time.sleep)

    @pytest.mark.parametrize(
        ("source", "status"),
        [("", 0), ("import sys; sys.exit(3)", 3), ("import sys; sys.exit()", 0), ("exit(7)", 7)],
    )
    def test_its_exit_status(self, run, source, status):
        assert run(source)[0] == status

    def test_its_last_words(self, run):
        status, _, err = run("import sys; sys.exit('no data')")

        assert status == 1
        assert err.startswith("no data\n")

    @pytest.mark.parametrize(
        ("source", "status", "last"),
        [
            ("def f():\n    1 / 0\nf()", 1, "ZeroDivisionError: division by zero"),
            ("raise KeyboardInterrupt", 130, "KeyboardInterrupt"),
            ("x = ", 1, "SyntaxError: invalid syntax"),
        ],
    )
    def test_its_traceback_is_its_own(self, run, source, status, last):
        found, _, err = run(source)
        lines = [line for line in err.splitlines() if not line.startswith("mock-backend: ")]

        assert (found, lines[-1]) == (status, last)
        assert "mock_backend" not in err.replace("mock-backend", "")
        assert "script.py" in err

    def test_source_in_another_encoding(self, run):
        assert run("# coding: latin-1\nprint(ascii('é'))".encode("latin-1"))[1] == "'\\xe9'\n"

    def test_without_any_request(self, run):
        assert f"no back-end was asked for anything. Known hosts: {CDSE[8:]}" in run("")[2]

    def test_refresh_tokens_of_other_hosts_are_kept_apart(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr("openeo.rest.auth.config.get_user_data_dir", lambda auto_create=True: tmp_path)
        status, _, _ = run(
            JOB.format(host="openeo.example.org"), options=["--url", "https://openeo.example.org"]
        )

        assert status == 0
        assert RefreshTokenStore().path.parent == tmp_path
        assert not RefreshTokenStore().path.exists()

    @pytest.mark.parametrize(
        ("content", "name", "message"),
        [
            (b"# coding: nothing\n", "a.py", "is not a Python file"),
            (b"\xff\xfe", "a.py", "is not a Python file"),
            (b"{}", "a.ipynb", "is not a Jupyter notebook"),
            (b"<html>", "a.ipynb", "is not a Jupyter notebook"),
            (
                b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}',
                "a.ipynb",
                "is a notebook in R, not in Python",
            ),
        ],
    )
    def test_what_is_no_program(self, run, content, name, message):
        status, _, err = run(content, name=name)

        assert status == 2
        assert message in err

    def test_a_file_that_is_not_there(self, capsys):
        assert main(["run", "nothing.py"]) == 2
        assert "nothing.py" in capsys.readouterr().err

    def test_a_url_that_is_none(self, run):
        status, _, err = run("", options=["--url", "openeo.example.org"])

        assert status == 2
        assert "--url: A back-end's URL must be absolute" in err


class TestNotebooks:
    def test_cells_share_their_names(self, run_cells):
        assert run_cells("x = 1", "x += 1\nx", "print(x)")[:2] == (0, "2\n")

    def test_what_is_for_ipython_is_left_out(self, run_cells):
        status, out, err = run_cells(
            "%matplotlib inline\n!pip install openeo \\\n  numpy\nprint('one')",
            "files = !ls\nif True:\n    %load_ext x\n    print(files)",
            "%%bash\necho two",
            "%%time\nprint('three')",
            "?print\nprint?",
            "print('''\n%four\n''')",
        )

        assert (status, out) == (0, "one\nNone\nthree\n\n%four\n\n")
        for line in (
            "%matplotlib inline",
            "!pip install openeo \\",
            "files = !ls",
            "%%bash …",
            "?print",
        ):
            assert f"left out, as it is not Python: {line}\n" in err

    @pytest.mark.parametrize("magic", ["%time", "%timeit -n 1 -r1 -q", "    %time"])
    def test_code_that_is_measured_runs(self, run_cells, magic):
        cell = f"if True:\n{magic} print('run')" if magic.startswith(" ") else f"{magic} print('run')"

        assert run_cells(cell)[:2] == (0, "run\n")

    def test_values_can_be_shown(self, run_cells):
        assert run_cells("display([1])", "display('a', 'b', raw=True)")[1] == "[1]\n'a'\n'b'\n"

    def test_cells_may_await(self, run_cells):
        assert run_cells("import asyncio\nawait asyncio.sleep(600)\nx = 1", "print(x)")[:2] == (0, "1\n")

    def test_a_traceback_names_the_cell(self, run_cells):
        status, _, err = run_cells("x = 0", "%matplotlib inline\n1 / x")

        assert status == 1
        assert 'notebook.ipynb[cell 2]", line 2' in err
        assert "    1 / x\n" in err

    def test_figures_need_no_window(self, run_cells, monkeypatch):
        monkeypatch.delenv("MPLBACKEND", raising=False)

        assert run_cells("import os\nprint(os.environ['MPLBACKEND'])")[1] == "Agg\n"

    def test_jobs_come_to_their_end_between_cells(self, run_cells):
        log_in, rest = JOB.format(host="openeo.cloud").split("cube = ")
        load = f"cube = {rest}".partition("while ")[0]
        status, out, _ = run_cells(log_in, load + "print(job.status())", "print(job.status())")

        assert (status, out.splitlines()[-2:]) == (0, ["queued", "finished"])

    def test_a_job(self, run_cells):
        status, out, err = run_cells(*JOB.format(host="openeo.dataspace.copernicus.eu").split("\n\n"))

        assert (status, "status: finished" in out, "1 finished" in err) == (0, True, True)
