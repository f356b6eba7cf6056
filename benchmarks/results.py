"""Cost of results: documents, files, and jobs whose results are never read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pystac
import requests
import requests_mock
from rasterio.io import MemoryFile

from benchmarks.measuring import Benchmark, Effort, Row, compare, timed
from mock_backend import MockBackend
from mock_backend.results.documents import result_files

_DOCUMENT = "document of 1,000 assets, to pystac's"
_FIRST = "GeoTIFF of a megapixel and 4 bands, to GDAL's"
_AGAIN = "the same GeoTIFF again, beyond a stub with these bytes"

_STUB = "https://stub.test/file.tif"
#: Seconds for ten megabytes.
_NOT_MUCH = 5e-3
_ASSETS = 1000


def _document(effort: Effort) -> Iterator[Row]:
    first = datetime(2016, 1, 1, tzinfo=UTC)
    with MockBackend() as backend:
        connection = backend.connect(auto_validate=False)
        cube = connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent={"west": 5.0, "south": 51.2, "east": 5.001, "north": 51.201},
            # Every five days; a file for each date and band.
            temporal_extent=["2016-01-01", (first + timedelta(days=5 * _ASSETS / 2)).date().isoformat()],
            bands=["B04", "B08"],
        )
        job = cube.save_result("GTiff", {"separate_asset_per_band": True}).create_job()
        job.start()
        backend.clock.advance("1h")
        path = f"/jobs/{job.job_id}/results"
        assets = connection.get(path).json()["assets"]
        assert abs(len(assets) - _ASSETS) < 10, len(assets)

        def with_pystac() -> None:
            items = [
                pystac.Item(name, None, None, first, {}, assets={name: pystac.Asset.from_dict(asset)})
                for name, asset in assets.items()
            ]
            extent = pystac.Extent(
                pystac.SpatialExtent([[5.0, 51.2, 5.001, 51.201]]), pystac.TemporalExtent([[first, None]])
            )
            collection = pystac.Collection("job", "Results", extent)
            for item in items:
                collection.assets |= item.assets
            json.dumps(collection.to_dict(include_self_link=False))

        ours = timed(lambda: connection.get(path))
        yield compare(ours, timed(with_pystac), effort.rounds).as_ratio(_DOCUMENT)


def _geotiff(effort: Effort) -> Iterator[Row]:
    side = effort.side * 10
    extent = {
        "west": 640_000,
        "south": 5_670_000,
        "east": 640_000 + side,
        "north": 5_670_000 + side,
        "crs": 32631,
    }
    with MockBackend() as backend:
        connection = backend.connect(auto_validate=False)
        cube = connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent=extent,
            temporal_extent=["2024-06-01", "2024-06-06"],
            bands=["B02", "B03", "B04", "B08"],
        )
        job = cube.create_job(out_format="GTiff")
        job.start()
        backend.clock.advance("1h")
        [asset] = job.get_results().get_assets()
        content = asset.load_bytes()
        with MemoryFile(content) as file, file.open() as source:
            assert (source.count, source.width, source.height) == (4, effort.side, effort.side)
            values = source.read()
            profile = source.profile

        def with_gdal() -> None:
            with MemoryFile() as file:
                with file.open(**(profile | {"tiled": True})) as target:
                    target.write(values)
                file.read()

        def read() -> None:
            asset.load_bytes()

        first = timed(read, before=result_files.forget_files)
        yield compare(first, timed(with_gdal), effort.rounds).as_ratio(_FIRST)

        with requests_mock.Mocker() as mocker:
            mocker.register_uri(requests_mock.ANY, requests_mock.ANY, real_http=True)
            mocker.get(_STUB, content=content)
            stub = timed(lambda: requests.get(_STUB).content)
            again = timed(lambda: requests.get(asset.href).content)
            yield compare(again, stub, effort.rounds).as_difference(_AGAIN, goal=_NOT_MUCH)


BENCHMARKS = (
    Benchmark((_DOCUMENT,), _document),
    Benchmark((_FIRST, _AGAIN), _geotiff),
)
