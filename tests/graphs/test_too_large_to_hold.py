"""Files that are larger than memory are computed where they are read; what cannot be read is refused."""

import json
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import requests
from openeo.rest import OpenEoApiError

#: In pixels of 10 metres, and whole tiles: a GeoTIFF of numbers of 32 bits has more than 2 GiB.
LENGTH, TILE = 46 * 512, 512
#: Maximum memory of the process in bytes, with all that it imports.
MOST = 512 << 20
READER = """
import json, resource, sys
from pathlib import Path
import requests
from mock_backend import JobPlan, MockBackend

WEST, NORTH, PART = 300_000, 5_133_000, 4096
length, tile = map(int, sys.argv[1:])


def highest():
    status = Path("/proc/self/status")
    if status.exists():
        # Unlike that of getrusage, it is without what the process had that started this one.
        return next(int(each.split()[1]) for each in status.open() if each.startswith("VmHWM")) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def href(left, top, pixels):
    west, north = WEST + 10 * left, NORTH - 10 * top
    area = {"west": west, "north": north, "east": west + 10 * pixels, "south": north - 10 * pixels}
    area["crs"] = 32632
    cube = connection.load_collection("SENTINEL2_L2A", area, ["2024-06-01", "2024-06-21"], ["B04", "B08"])
    job = cube.ndvi(red="B04", nir="B08").reduce_dimension("t", "median").create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    [asset] = job.get_results().get_assets()
    return asset.href


def read(url, part):
    response = requests.get(url, headers={"Range": f"bytes={part}"})
    assert response.status_code == 206
    return response.content.hex()


with MockBackend(plan=JobPlan.immediate()) as backend:
    connection = backend.connect()
    whole, last = href(0, 0, length), href(length - tile, length - tile, tile)
    size = int(requests.head(whole).headers["Content-Length"])
    parts = [f"0-{PART - 1}", f"{size // 8 * 4}-{size // 8 * 4 + PART - 1}", f"-{PART}"]
    found = {"size": size, "parts": [read(whole, each) for each in parts], "last": read(last, parts[-1])}
    peak = highest()
    print(json.dumps(found | {"peak": peak}))
"""


def test_a_file_of_gigabytes_is_computed_where_it_is_read():
    command = [sys.executable, "-c", READER, str(LENGTH), str(TILE)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    first, middle, last = map(bytes.fromhex, found["parts"])
    assert found["size"] > 2 << 30
    assert found["peak"] < MOST
    assert first.startswith(b"II")
    # The last tile is that of a job for its own area.
    assert last == bytes.fromhex(found["last"])
    for part in (middle, last):
        values = np.frombuffer(part, "<f4")
        assert (np.abs(values) <= 1).all()
        assert len(np.unique(values)) > 100


#: 2,500,000,000 pixels.
LARGE = {"west": 300_000, "south": 4_900_000, "east": 800_000, "north": 5_400_000, "crs": 32632}
INSIDE = {
    "type": "Polygon",
    "coordinates": [[[6.5, 44.5], [12, 44.5], [12, 48], [6.5, 48], [6.5, 44.5]]],
}
MEDIAN = {
    "process_graph": {
        "m": {"process_id": "median", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    }
}
#: Graphs that make too many values, or single ones of too many.
TOO_MUCH = {
    "pixels": (lambda cube: cube.resample_spatial(resolution=0.1), "1,000,000,000,000"),
    "all pixels": (lambda cube: cube.reduce_spatial(reducer="median"), "1,073,741,824"),
    "zones": (lambda cube: cube.aggregate_spatial(INSIDE, reducer="median"), "1,073,741,824"),
    "blocks": (
        lambda cube: cube.process(
            "aggregate_spatial_window", data=cube, size=[40_000, 40_000], reducer=MEDIAN
        ),
        "1,073,741,824",
    ),
    "coarse pixels": (lambda cube: cube.resample_spatial(resolution=400_000, method="med"), "1,073,741,824"),
}


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.parametrize(("step", "most"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_refused_before_anything_is_computed(mock_backend, step, most):
    connection = mock_backend.connect(auto_validate=False)
    cube = connection.load_collection("SENTINEL2_L2A", LARGE, ["2024-06-01", "2024-07-01"], ["B04"])
    graph = step(cube).save_result("JSON")
    tracemalloc.start()
    try:
        with pytest.raises(OpenEoApiError, match="ProcessGraphComplexity") as refused:
            connection.create_job(graph)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most in str(refused.value)
    assert peak < 16 << 20


@pytest.mark.parametrize("name", [name for name in TOO_MUCH if name != "pixels"])
def test_what_takes_real_back_ends_hours_is_accepted_and_cannot_be_downloaded(mock_backend, name):
    step, most = TOO_MUCH[name]
    connection = mock_backend.connect()
    cube = connection.load_collection("SENTINEL2_L2A", LARGE, ["2024-06-01", "2024-07-01"], ["B04"])
    job = connection.create_job(step(cube).save_result("netCDF"))
    job.start_and_wait(print=lambda _: None)

    assert any(most in line.message for line in job.logs(level="warning"))
    with pytest.raises(OpenEoApiError, match="ProcessGraphComplexity"):
        connection.execute(step(cube).save_result("netCDF"))
    [asset] = job.get_results().get_assets()
    answer = requests.get(asset.href, headers={"Range": "bytes=-100"})
    assert (answer.status_code, most in answer.text) == (400, True)
