"""GDAL reads windows of live assets by range requests.

From a process of its own: rasterio holds the interpreter's lock while it opens a dataset, so a server in
the same process could not answer it.
"""

import json
import subprocess
import sys
import textwrap
from datetime import timedelta

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from mock_backend import MockBackend
from mock_backend.jobs import JobsRegister
from mock_backend.profiles.dialect import BY_RUN
from mock_backend.results.documents.assets import Asset, Product
from mock_backend.results.documents.signed_urls import Signer

ROUTE = "/results/{job_id}/{run}/assets/{name}"
NAME = "openEO_2024-06-01Z.tif"
SIZE = 2048

READER = """
    import json, sys, rasterio
    from rasterio.windows import Window

    href, window, options = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
    with rasterio.Env(**options), rasterio.open("/vsicurl/" + href) as dataset:
        values = dataset.read(1, window=Window(*window))
        print(json.dumps({"crs": str(dataset.crs), "shape": dataset.shape, "sum": int(values.sum())}))
"""


class Sliced:
    """A file's bytes as computed content; notes how many of them were asked for."""

    def __init__(self, content):
        self._content = content
        self.size = len(content)
        self.computed = 0

    def read(self, start, stop):
        for place in range(start, stop, 10_000):
            part = self._content[place : min(place + 10_000, stop)]
            self.computed += len(part)
            yield part


@pytest.fixture(scope="module")
def values():
    return np.arange(SIZE * SIZE, dtype="int32").reshape(SIZE, SIZE)


@pytest.fixture(scope="module")
def file(tmp_path_factory, values):
    """A tiled GeoTIFF of 16 MB."""
    path = tmp_path_factory.mktemp("raster") / NAME
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "int32"}
    place = {"crs": "EPSG:32631", "transform": Affine(10, 0, 5e5, 0, -10, 5.6e6)}
    with rasterio.open(path, "w", **profile, **place, tiled=True, blockxsize=256, blockysize=256) as dataset:
        dataset.write(values, 1)
    return path


@pytest.fixture(scope="module")
def backend():
    with MockBackend("https://vsicurl.test", asset_host=True) as backend:
        backend.live()
        yield backend


@pytest.fixture(params=["file", "computed"])
def content(request, file, monkeypatch):
    content = file if request.param == "file" else Sliced(file.read_bytes())
    asset = Asset(NAME, "image/tiff; application=geotiff", lambda: content)
    monkeypatch.setattr(JobsRegister, "product", lambda register, job: Product((), (asset,)))
    return content


@pytest.fixture
def href(backend, content, api_of, graph):
    """The signed URL of the file."""
    api = api_of(backend)
    job_id = api.create(graph)
    api.start(job_id)
    backend.clock.advance("1d")
    expires = backend.clock.now() + timedelta(hours=1)
    key = backend.registers.one(JobsRegister).signing_key
    url = backend.live().asset_url
    yield Signer(expires, key=key, job_id=job_id, run=1).url(url, BY_RUN.asset, NAME)
    backend.reset()


@pytest.fixture
def large(backend, api_of, graph):
    """The URL and the size of a result that is too large for memory."""
    load = {
        "id": "SENTINEL2_L2A",
        "spatial_extent": {"west": 5, "south": 51, "east": 6, "north": 52},
        "temporal_extent": ["2024-06-01", "2024-06-02"],
        "bands": ["B04"],
    }
    api = api_of(backend)
    api.url = backend.live().url
    graph = {
        "load": {"process_id": "load_collection", "arguments": load},
        "save": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "load"}, "format": "GTiff"},
            "result": True,
        },
    }
    job_id = api.create(graph)
    api.start(job_id)
    backend.clock.advance("1d")
    [asset] = api(f"GET /jobs/{job_id}/results").json()["assets"].values()
    yield asset["href"], asset["file:size"]
    backend.reset()


def read_window(href, window, **options):
    program = [sys.executable, "-c", textwrap.dedent(READER), href, json.dumps(window), json.dumps(options)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_window_is_read_by_ranges(backend, content, href, values, file):
    found = read_window(href, [1000, 500, 100, 50], GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR")

    assert found["crs"] == "EPSG:32631"
    assert found["shape"] == [SIZE, SIZE]
    assert found["sum"] == values[500:550, 1000:1100].sum()

    read = bytes_read(backend)
    assert 0 < read < file.stat().st_size / 4
    if isinstance(content, Sliced):
        assert content.computed <= read


def test_a_window_of_a_large_result(backend, large):
    href, size = large
    assert size > 100_000_000

    found = read_window(href, [3000, 4000, 200, 100])

    assert found["crs"] == "EPSG:32631"
    assert found["shape"][0] > 10_000
    assert found["sum"] > 0
    assert 0 < bytes_read(backend) < size / 10


def bytes_read(backend):
    """Return how many bytes of rasters were asked for; all of them in ranges."""
    asked = [each for each in backend.requests if each.path.endswith(".tif")]
    assert {each.route for each in asked} == {ROUTE}
    assert {each.method for each in asked if each.status != 206} == {"HEAD"}
    spans = [each.headers["range"].removeprefix("bytes=").split("-") for each in asked if each.status == 206]
    return sum(int(last) - int(first) + 1 for first, last in spans)
