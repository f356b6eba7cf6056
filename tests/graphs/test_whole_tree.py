"""The documents around results, walked and validated by pystac from a downloaded copy."""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

import pystac
import pytest
import rasterio
import requests
from openeo.rest.job import JobResults
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.layout import TemplateLayoutStrategy
from pystac.stac_io import DefaultStacIO, StacIO
from pystac.validation import RegisteredValidator

from typical_graphs.graphs import GRAPHS
from typical_graphs.opening import open_all


class Requests(DefaultStacIO):
    """Reads with requests and without a token, as whoever has a signed link may do."""

    def read_text(self, source, *args, **kwargs):
        if not str(source).startswith("https:"):
            return super().read_text(source, *args, **kwargs)
        response = requests.get(source, timeout=10)
        response.raise_for_status()
        return response.text


@pytest.fixture
def finished(connection):
    """Process a graph; return the finished job."""

    def process(graph, format_, **options):
        job = GRAPHS[graph](connection).create_job(out_format=format_, **options)
        return job.start_and_wait(print=lambda _: None)

    return process


@pytest.fixture
def copied(tmp_path):
    """Download a tree of results from its canonical link; return the path of the local collection."""

    def copy(metadata, io=None, read=lambda url: requests.get(url, timeout=10).content):
        (canonical,) = (link["href"] for link in metadata["links"] if link["rel"] == "canonical")
        remote = pystac.Collection.from_file(canonical, stac_io=io)
        # The same layout as below, so that assets lie beside the item that they belong to.
        remote.normalize_hrefs(str(tmp_path), strategy=TemplateLayoutStrategy(item_template="${id}"))
        for owner in (remote, *remote.get_items(recursive=True)):
            folder = Path(owner.self_href).parent
            folder.mkdir(parents=True, exist_ok=True)
            for name, asset in owner.assets.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(read(asset.href))
                asset.href = str(path)
        remote.make_all_asset_hrefs_relative()
        remote.save(catalog_type=pystac.CatalogType.SELF_CONTAINED)
        return tmp_path / "collection.json"

    return copy


def _valid(document):
    """Hold a document to the schemas of STAC itself, which pystac has with it."""
    validator = RegisteredValidator.get_validator()
    validator.validate_core(document.to_dict(), document.STAC_OBJECT_TYPE, document.to_dict()["stac_version"])


@pytest.mark.parametrize(
    ("graph", "format_", "items", "assets"),
    [
        ("time_series", "GTiff", 3, 3),
        ("merged_collections", "netCDF", 1, 1),
        ("elevation", "PNG", 1, 1),
        ("zonal_statistics", "CSV", 1, 1),
        ("vector_output", "GeoJSON", 1, 1),
        ("scalar", "JSON", 1, 1),
    ],
)
def test_pystac_walks_a_downloaded_copy(finished, copied, graph, format_, items, assets):
    path = copied(finished(graph, format_).get_results().get_metadata(), Requests())
    collection = pystac.Collection.from_file(path)
    _valid(collection)
    found = list(collection.get_items(recursive=True))
    assert len(found) == items
    data = [asset for item in found for asset in item.assets.values() if asset.has_role("data")]
    assert len(data) == assets
    for item in found:
        _valid(item)
        assert item.collection_id == collection.id
    for owner in (collection, *found):
        for asset in owner.assets.values():
            assert not urlsplit(asset.href).scheme
            assert Path(asset.get_absolute_href()).is_file()
    open_all(format_, [Path(asset.get_absolute_href()) for asset in data])


def test_documents_tell_what_is_true_of_the_files(finished, copied):
    path = copied(finished("time_series", "GTiff").get_results().get_metadata(), Requests())
    for item in pystac.Collection.from_file(path).get_items():
        for name, asset in item.assets.items():
            content = Path(asset.get_absolute_href()).read_bytes()
            told = FileExtension.ext(asset)
            assert told.size == len(content)
            assert told.checksum == f"1220{hashlib.sha256(content).hexdigest()}"
            with rasterio.open(asset.get_absolute_href()) as file:
                place, bands = ProjectionExtension.ext(asset), asset.extra_fields["bands"]
                assert place.code == str(file.crs)
                assert place.shape == list(file.shape)
                assert place.bbox == list(file.bounds)
                assert place.transform[:6] == list(file.transform)[:6]
                for number, band in enumerate(bands, 1):
                    values = file.read(number, masked=True)
                    assert band["name"] == file.descriptions[number - 1]
                    assert band["data_type"] == file.dtypes[number - 1]
                    assert band["nodata"] == file.nodata
                    statistics = band["statistics"]
                    assert statistics["minimum"] == values.min()
                    assert statistics["maximum"] == values.max()
                    assert statistics["mean"] == pytest.approx(values.mean(dtype=float))
                    assert statistics["stddev"] == pytest.approx(values.std(dtype=float))
                    assert statistics["valid_percent"] == pytest.approx(100 * values.count() / values.size)
            day = item.datetime.strftime("%Y-%m-%d")
            assert name == f"openEO_{day}Z.tif"
            west, south, east, north = item.bbox
            assert 5.147 < west < east < 5.155
            assert 51.206 < south < north < 51.21


def test_collection_spans_its_items(finished):
    collection = pystac.Collection.from_dict(finished("time_series", "GTiff").get_results().get_metadata())
    west, south, east, north = collection.extent.spatial.bboxes[0]
    assert 5.147 < west < east < 5.155
    assert 51.206 < south < north < 51.21
    start, end = collection.extent.temporal.intervals[0]
    assert (f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}") == ("2024-06-04", "2024-06-14")


@pytest.mark.skipif(
    not hasattr(JobResults, "download_as_collection"), reason="openeo 0.52 and later have this method"
)
@pytest.mark.parametrize(
    ("graph", "format_", "items"),
    [
        ("time_series", "GTiff", 3),
        ("elevation", "JSON", 1),
        ("scalar", "JSON", 1),
        ("zonal_statistics", "CSV", 1),
    ],
)
def test_the_client_downloads_it_as_a_collection(finished, tmp_path, graph, format_, items):
    finished(graph, format_).get_results().download_as_collection(
        tmp_path / "copy", on_download_failure="raise"
    )
    collection = pystac.Collection.from_file(tmp_path / "copy" / "job-results.json")
    _valid(collection)
    found = list(collection.get_items())
    assert len(found) == items
    files = [Path(asset.get_absolute_href()) for item in found for asset in item.assets.values()]
    # Were the document of an item in the place of a file, this would not open.
    assert open_all(format_, files)["values"].size


@pytest.mark.mock_backend(rate=3600)
def test_whoever_has_the_link_walks_a_live_tree(mock_backend, mock_backend_live, copied):
    import openeo

    connection = openeo.connect(mock_backend_live.url).authenticate_bearer_token(mock_backend.token())
    job = GRAPHS["time_series"](connection).create_job(out_format="GTiff").start_job()
    while job.status() != "finished":
        pass
    default = StacIO.default()
    assert isinstance(default, DefaultStacIO)
    path = copied(job.get_results().get_metadata(), read=lambda url: urlopen(url, timeout=10).read())
    files = [
        Path(asset.get_absolute_href())
        for item in pystac.Collection.from_file(path).get_items()
        for asset in item.assets.values()
    ]
    assert {unquote(each.name) for each in files} == {
        f"openEO_2024-06-{day}Z.tif" for day in ("04", "09", "14")
    }
    assert open_all("GTiff", files)["bands"] == ("B04", "B08")
