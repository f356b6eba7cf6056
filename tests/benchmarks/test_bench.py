"""The benchmarks run; what they measure is looked at by people."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main

ROWS = (
    "status request, beyond a no-op adapter",
    "start_and_wait for two hours, to a no-op adapter",
    "fresh back-end and a job, to DummyBackend",
    "the job alone, to DummyBackend",
    "the job alone, with POST /validation, to DummyBackend",
    "create_job with POST /validation, to without",
    "checking a process graph of 100 nodes",
    "fresh back-end, opened and closed",
    "first back-end of a process, beyond openeo and fastapi",
    "pytest start-up with our plugin, to without",
    "pytest start-up with ours, respx's and anyio's, to without",
    "log-in by client credentials, to the openeo client's OidcMock",
    "request with a signed token, beyond one with a basic token",
    "document of 1,000 assets, to pystac's",
    "GeoTIFF of a megapixel and 4 bands, to GDAL's",
    "the same GeoTIFF again, beyond a stub with these bytes",
    "create_job with a new graph of a composite, to one of a sum",
    "64 x 64 pixels of an NDVI median of 10 dates, to NumPy's",
    "a megapixel of an NDVI median of 10 dates, to NumPy's",
    "the same of given data, to NumPy's",
    "job and values of tiny given data, beyond DummyBackend",
    "importing the engine, beyond NumPy, shapely, pyproj and the rest",
    "a listing's page with 100,000 jobs stored, to 1,000",
    "clock.advance with 100,000 running jobs, to 10",
    "TinyDB create with 10,000 jobs stored, to 100",
    "TinyDB create, mean up to 10,000, rewrites of the file included",
    "memory of a stored job beyond its process graph",
    "memory of a status request in the journal",
    "jobs by MultiBackendJobManager in chaos, to a no-op adapter",
    *(
        f"{operation} over a socket"
        for operation in (
            "GET /",
            "GET /collections",
            "GET /processes",
            "GET /jobs",
            "POST /jobs",
            "GET /collections/{id}",
            "GET /jobs/{id}",
        )
    ),
)


def _names(printed: str) -> list[str]:
    return [next((row for row in ROWS if line.startswith(row)), line) for line in printed.splitlines()[1:]]


def test_every_row_is_measured():
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    project = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert _names(done.stdout) == list(ROWS)


def test_rows_are_chosen_by_parts_of_their_names(capsys):
    main(["--quick", "opened and closed", "checking"])
    assert [name.split(",")[0] for name in _names(capsys.readouterr().out)] == [
        "checking a process graph of 100 nodes",
        "fresh back-end",
    ]


def test_a_name_that_no_row_has_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--quick", "no such row"])
    assert ended.value.code != 0
    assert "no row has such a name" in capsys.readouterr().err
