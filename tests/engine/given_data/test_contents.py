"""Contents of URLs: registered ones, and those of the back-end itself."""

import json

import httpx
import numpy as np
import pystac
import pytest
import rasterio
import requests

from mock_backend import MockBackend
from mock_backend.control import Fault
from mock_backend.engine.given_data.reading import read_given
from mock_backend.engine.given_data.stac_reader import StacReader
from mock_backend.engine.given_data.url_contents import ContentReader, UnknownContentError, json_of
from mock_backend.lifecycle import JobPlan
from mock_backend.transports import hosts
from small_cubes import cube

AREA = {"west": 5.0, "south": 51.2, "east": 5.005, "north": 51.205}


@pytest.fixture
def reader(mock_backend):
    return ContentReader(mock_backend.contents, "alice")


def finished(backend):
    """Return a finished job with results of three dates and two bands."""
    loaded = backend.connect().load_collection(
        "SENTINEL2_L2A",
        spatial_extent=AREA,
        temporal_extent=["2024-06-01", "2024-06-17"],
        bands=["B04", "B08"],
    )
    job = loaded.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    return job


@pytest.fixture
def results(mock_backend):
    return finished(mock_backend)


def canonical_of(job):
    links = job.get_results().get_metadata()["links"]
    return next(each["href"] for each in links if each["rel"] == "canonical")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"abc", b"abc"),
        ("aé", "aé".encode()),
        ({"a": [1, None]}, b'{"a": [1, null]}'),
        ([1, 2], b"[1, 2]"),
        (None, b"null"),
    ],
)
def test_contents_of_many_kinds(mock_backend, reader, content, expected):
    mock_backend.add_url("https://data.test/a", content)

    assert reader.url("https://data.test/a") == expected
    assert reader.url("https://data.test/a#part") == expected
    assert reader.url("https://data.test/a?token=1") == expected


def test_files_and_folders(mock_backend, reader, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c d.txt").write_text("hello")
    mock_backend.add_url("https://data.test/one", tmp_path / "b" / "c d.txt")
    mock_backend.add_url("https://data.test/many/", tmp_path)

    assert reader.content("https://data.test/one") == b"hello"
    assert reader.content("https://data.test/many/b/c%20d.txt?x=1") == b"hello"
    for outside in ("/../x", "/b", "/%2e%2e/a"):
        with pytest.raises(UnknownContentError):
            reader.url(f"https://data.test/many{outside}")


def test_unknown_urls_say_how_to_register_them(reader):
    with pytest.raises(UnknownContentError, match=r"backend\.add_url\('https://data\.test/a', content\)"):
        reader.url("https://data.test/a")


def test_a_reset_forgets_them(mock_backend, reader):
    mock_backend.add_url("https://data.test/a", "x")
    mock_backend.reset()

    with pytest.raises(UnknownContentError):
        reader.url("https://data.test/a")


@pytest.mark.parametrize(
    ("url", "content"),
    [("a/b", "x"), ("", "x"), (5, "x"), ("https://a.test", object()), ("https://a.test", {1, 2})],
)
def test_what_cannot_be_registered(mock_backend, url, content):
    with pytest.raises(ValueError, match=r"Content must be registered|content of a URL"):
        mock_backend.add_url(url, content)


@pytest.mark.parametrize("client", [requests, httpx])
def test_clients_in_this_process_get_them_too(mock_backend, client):
    mock_backend.add_url("https://data.test/a.json", {"a": 1})
    mock_backend.add_url("https://data.test/b.tif", b"II")

    found = client.get("https://data.test/a.json")

    assert (found.json(), found.headers["content-type"]) == ({"a": 1}, "application/json")
    assert client.get("https://data.test/b.tif?x=1").headers["content-type"] == "image/tiff"
    assert client.head("https://data.test/b.tif").content == b""
    missing = client.get("https://data.test/c")
    assert (missing.status_code, "backend.add_url('https://data.test/c'" in missing.text) == (404, True)
    assert client.post("https://data.test/b.tif").status_code == 405
    assert len(mock_backend.requests) == 0


def test_hosts_are_left_alone_afterwards(mock_backend):
    with MockBackend("https://second.test") as second:
        second.add_url("https://data.test/a", "second")
        mock_backend.add_url("https://data.test/a", "first")
        assert requests.get("https://data.test/a").text == "first"
        mock_backend.reset()
        assert requests.get("https://data.test/a").text == "second"
    assert hosts.find_host(("https", "data.test", 443)) is None


def test_content_may_be_registered_before_a_back_end_is_open():
    backend = MockBackend("https://second.test")
    backend.add_url("https://data.test/a", "x")
    assert hosts.find_host(("https", "data.test", 443)) is None
    with backend:
        assert requests.get("https://data.test/a").text == "x"


def test_code_and_json_are_checked(mock_backend, reader):
    mock_backend.add_url("https://data.test/a", b"\xff")

    assert reader.code("https://data.test/a") is None
    with pytest.raises(UnknownContentError, match="no JSON"):
        reader.json("https://data.test/a")


def test_code_is_at_urls_and_in_files(mock_backend, reader):
    mock_backend.add_url("https://code.test/a.py", "def apply_datacube(cube, context):\n    return cube\n")
    mock_backend.connect().put("/files/b.py", data=b"x = 1")
    mock_backend.connect().put("/files/c.py", data=b"\xff")

    assert reader.code("https://code.test/a.py").startswith("def apply_datacube")
    assert reader.code("b.py") == "x = 1"
    assert [reader.code(each) for each in ("https://code.test/b.py", "c.py", "d.py")] == [None] * 3


def test_processes_at_registered_urls_are_known(mock_backend):
    url = "https://processes.test/double.json"
    arguments = {"x": {"from_parameter": "x"}, "y": 2}
    definition = {
        "id": "double",
        "parameters": [{"name": "x", "schema": {"type": "number"}}],
        "returns": {"schema": {"type": "number"}},
        "process_graph": {"m": {"process_id": "multiply", "arguments": arguments, "result": True}},
    }
    mock_backend.add_url(url, definition)
    call = {"process_id": "double", "namespace": url, "arguments": {"x": 21}, "result": True}

    assert mock_backend.connect().execute({"d": call}) == 42


# -- own URLs -------------------------------------------------------------------------------------------


def test_results_are_read_by_id_and_by_signed_url(mock_backend, reader, results):
    by_id, signed = f"{mock_backend.url}/jobs/{results.job_id}/results", canonical_of(results)
    before = len(mock_backend.requests)

    one, other = (StacReader(reader).data(url) for url in (by_id, signed))

    assert len(mock_backend.requests) == before
    assert [each.name for each in one.cube.dimensions] == ["t", "bands", "y", "x"]
    assert len(one.cube.times) == 3
    assert [band.name for band in one.cube.bands] == ["B04", "B08"]
    assert one.cube.grid.crs == "EPSG:32631"
    np.testing.assert_array_equal(one.values, other.values)
    nir = StacReader(reader).data(by_id, ["B08"])
    np.testing.assert_array_equal(nir.values, one.values[:, 1:])


def test_results_are_those_that_a_client_downloads(mock_backend, reader, results, tmp_path):
    results.get_results().download_files(tmp_path, include_stac_metadata=False)

    data = StacReader(reader).data(f"{mock_backend.url}/jobs/{results.job_id}/results")

    np.testing.assert_array_equal(read_given(tmp_path).values, data.values)


def test_results_of_others_need_a_signature(mock_backend, results):
    mock_backend.users.add("bob", "secret")
    bob = ContentReader(mock_backend.contents, "bob")
    signed = canonical_of(results)

    with pytest.raises(UnknownContentError, match="JobNotFound"):
        bob.url(f"{mock_backend.url}/jobs/{results.job_id}/results")
    assert bob.json(signed)["type"] == "Collection"
    with pytest.raises(UnknownContentError, match="PermissionsInsufficient"):
        bob.url(signed[:-4] + "0000")


def test_results_that_are_not_there_yet_say_so(mock_backend, reader):
    mock_backend.plan(JobPlan(running="1h"))
    job = mock_backend.connect().load_collection("SENTINEL2_L2A", spatial_extent=AREA).create_job()
    job.start()

    with pytest.raises(UnknownContentError, match="JobNotFinished"):
        reader.url(f"{mock_backend.url}/jobs/{job.job_id}/results")


def test_faults_are_not_for_what_jobs_read(mock_backend, reader, results):
    fault = mock_backend.inject(Fault(status=503), "GET *", times=None)

    assert reader.json(f"{mock_backend.url}/jobs/{results.job_id}/results")["id"]
    assert fault.hits == 0


def test_items_and_files_of_the_user_are_read(mock_backend, reader):
    mock_backend.add_collection("MY", data=cube())
    mock_backend.connect().put("/files/a/b.json", data=json.dumps({"a": 1}))

    items = reader.json(f"{mock_backend.url}/collections/MY/items")

    assert len(items["features"]) == 3
    assert reader.is_own(f"{mock_backend.url}/collections/MY")
    assert not reader.is_own("https://data.test")
    assert reader.file("a/b.json") == b'{"a": 1}'
    assert reader.json(f"{mock_backend.url}/files/a/b.json") == {"a": 1}
    for missing in ("a", "c.json", "../a"):
        with pytest.raises(UnknownContentError, match="workspace"):
            reader.file(missing)
    with pytest.raises(UnknownContentError, match="NotFound"):
        reader.url(f"{mock_backend.url}/nothing")


@pytest.mark.parametrize(
    "options", [{"asset_host": True}, {"profile": "cdse"}, {"api_version": ["1.2", "1.3"]}], ids=str
)
def test_wherever_the_api_and_its_assets_are(options):
    with MockBackend("https://elsewhere.test", **options) as backend:
        job = finished(backend)
        reader = ContentReader(backend.contents, "alice")

        for mount in backend.mounts:
            root = backend.url.removesuffix(next(iter(backend.mounts)))
            data = StacReader(reader).data(f"{root}{mount}/jobs/{job.job_id}/results")
            assert len(data.cube.times) == 3


def test_a_live_server_reads_its_own_urls_without_asking_itself(mock_backend, reader, results):
    live = mock_backend.live()

    assert reader.json(f"{live.api_url}/jobs/{results.job_id}/results")["type"] == "Collection"


def test_results_of_another_open_back_end_are_requested(reader):
    with MockBackend("https://other.test") as other:
        signed = canonical_of(finished(other))
        before = len(other.requests)

        assert len(StacReader(reader).data(signed).cube.times) == 3
        assert len(other.requests) > before
    with pytest.raises(UnknownContentError, match="add_url"):
        reader.url(signed)


# -- STAC of others -------------------------------------------------------------------------------------


@pytest.fixture
def foreign(mock_backend, tmp_path):
    """Register a STAC collection of two items, each with a file for each band."""
    links = []
    for day in (1, 2):
        instant = pystac.utils.str_to_datetime(f"2024-06-0{day}T10:00:00Z")
        item = pystac.Item(f"i{day}", None, None, instant, {})
        for place, name in enumerate(("red", "nir")):
            values = np.full((1, 2, 2), 10 * day + place, "uint8")
            path, where = tmp_path / f"{day}_{name}.tif", rasterio.Affine(10, 0, 0, 0, -10, 100)
            profile = {"width": 2, "height": 2, "count": 1, "dtype": "uint8", "crs": "EPSG:32631"}
            with rasterio.open(path, "w", driver="GTiff", transform=where, **profile) as raster:
                raster.write(values)
            href = f"../files/{day}/{name}.tif"
            mock_backend.add_url(f"https://stac.test/files/{day}/{name}.tif", path)
            item.add_asset(name, pystac.Asset(href, media_type="image/tiff; application=geotiff"))
        item.add_asset("thumbnail", pystac.Asset("../files/thumbnail.png", media_type="image/png"))
        mock_backend.add_url(f"https://stac.test/items/i{day}", item)
        links.append({"rel": "item", "href": f"./items/i{day}"})
    document = {"type": "Collection", "id": "theirs", "links": [*links, {"rel": "self", "href": "x"}]}
    mock_backend.add_url("https://stac.test/collection", document)
    return "https://stac.test/collection"


def test_documents_of_others_lead_to_files_of_bands(reader, foreign):
    data = StacReader(reader).data(foreign)

    assert data.cube.times == ("2024-06-01T10:00:00Z", "2024-06-02T10:00:00Z")
    assert [band.name for band in data.cube.bands] == ["red", "nir"]
    np.testing.assert_array_equal(data.values[..., 0, 0], [[10, 11], [20, 21]])


def test_items_can_be_chosen_before_their_files_are_read(reader, foreign):
    chosen = StacReader(reader, lambda item: item["id"] == "i2")

    assert chosen.data(foreign, ["nir"]).values.reshape(-1).tolist() == [21] * 4


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"type": "Feature", "assets": {}}, "leads to no GeoTIFF"),
        ({"type": "FeatureCollection", "features": []}, "leads to no GeoTIFF"),
        ({"type": "Polygon"}, "'Polygon'"),
        ([1], "None"),
        ({"type": "Catalog", "links": [{"rel": "child", "href": "https://nowhere.test"}]}, "add_url"),
        ({"type": "Feature", "assets": {"a": {"href": "b.tif"}}}, "add_url"),
        ({"type": "Catalog", "links": [{"rel": "child", "href": "a"}]}, "leads to no GeoTIFF"),
    ],
)
def test_documents_without_data_say_so(mock_backend, reader, document, message):
    mock_backend.add_url("https://stac.test/a", document)

    with pytest.raises(UnknownContentError, match=message):
        StacReader(reader).data("https://stac.test/a")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_may_be_in_any_encoding(encoding):
    assert json_of('{"name": "Zürich"}'.encode(encoding)) == {"name": "Zürich"}


@pytest.mark.parametrize("content", [b"{", b'"\\ud800"', '{"\\ud800": 1}'.encode("utf-16"), b"\xff"])
def test_json_that_is_none_or_has_half_a_surrogate_pair(content):
    with pytest.raises(ValueError):  # noqa: PT011  # of the two parsers each has its own words
        json_of(content)
