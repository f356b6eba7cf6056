"""Catalogues of profiles, through the openeo client."""

import json
from datetime import UTC, datetime, timedelta

import openeo
import pytest
import rasterio
import xarray
from openeo.rest import OpenEoApiError
from openeo.rest.datacube import THIS

from mock_backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.catalog.coverage import Visit
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.profiles import PROFILES, profile_from
from mock_backend.settings import AppSettings

#: Those that have a catalogue, the ones that others share entries with first.
NAMES = ["spec", "default", "cdse", "eodc", "openeo-platform", "gee"]


def register(name):
    return CollectionsRegister(AppSettings(profile=name))


@pytest.fixture(scope="module")
def connection_to():
    """Return a connection to a back-end of a profile, the same one for all tests of the module."""
    made = {}

    def connect(name) -> openeo.Connection:
        if name not in made:
            made[name] = MockBackend(f"https://{name}.profile.test", profile={"catalogue": name})
            made[name].open()
        return made[name].connect()

    yield connect
    for backend in made.values():
        backend.close()


#: Each collection once, by the last of the profiles that share it.
COLLECTIONS = {
    id(collection): (name, collection.id)
    for name in NAMES
    for collection in register(name).collections().values()
}.values()


@pytest.mark.parametrize("name", NAMES)
def test_a_profiles_collections_are_listed_and_described(connection_to, read_by_pystac, name):
    connection = connection_to(name)
    listed = connection.list_collection_ids()

    assert listed == register(name).ids()
    assert len(listed) > 10
    for each in (each for each in listed if (name, each) in COLLECTIONS):
        described = connection.describe_collection(each)
        stac = read_by_pystac(json.loads(json.dumps(described)))
        assert stac.id == each
        assert connection.collection_metadata(each).band_names == [
            b.name for b in register(name).known(each).bands
        ]


@pytest.mark.parametrize(("name", "collection_id"), COLLECTIONS)
def test_a_small_job_with_each_collection(connection_to, tmp_path, name, collection_id):
    collection = register(name).known(collection_id)
    west, south, east, north = collection.coverage.bbox
    x, y = (west + east) / 2, (south + north) / 2
    # A hundred pixels and more, in the middle of what there is.
    first = collection.bands[0]
    size = 30 * first.gsd / 111_000
    start = collection.coverage.seen(Visit(0, 0))[0]
    cube = connection_to(name).load_collection(
        collection_id,
        spatial_extent={"west": x, "south": y, "east": x + size, "north": y + size},
        temporal_extent=[write_instant(start), write_instant(start + timedelta(days=3))],
        bands=[first.name],
    )
    format_ = "netCDF" if name == "eodc" else "GTiff"
    job = cube.execute_batch(out_format=format_, print=lambda _: None)
    asset, *_ = job.get_results().get_assets()
    path = asset.download(tmp_path)

    if format_ == "netCDF":
        with xarray.open_dataset(path) as dataset:
            assert dataset[first.name].size > 100
    else:
        with rasterio.open(path) as file:
            assert file.count == 1
            assert file.width * file.height > 100
            assert file.read().shape == (1, file.height, file.width)


def test_bands_of_all_profiles_tell_what_their_values_are():
    for name in NAMES:
        for collection in register(name).collections().values():
            for band in collection.bands:
                place = f"{name}: {collection.id}/{band.name}"
                assert band.minimum is not None, place
                assert band.maximum > band.minimum, place
                assert band.nodata is not None, place
                assert band.gsd > 0, place


def test_the_default_has_the_bands_of_cdse_in_its_order():
    ours, theirs = register("default"), register("cdse")
    for name in set(ours.ids()) & set(theirs.ids()):
        bands = [band.name for band in theirs.known(name).bands]
        assert [band.name for band in ours.known(name).bands] == bands, name
    assert {"LANDSAT8-9_C2_L2", "CGLS_SSM_1KM"} == set(ours.ids()) - set(theirs.ids())


def test_the_facts_of_cdse_are_those_that_are_known(shared):
    """A reference beside this project lists bands in their order."""
    known = json.loads((shared / "real-world" / "cdse.json").read_text())["collections"]
    theirs = register("cdse")

    for name, bands in known.items():
        found = theirs.known(name)
        labels = [band.name for band in found.bands]
        aliases = {alias: band.name for band in found.bands for alias in band.aliases}
        assert [aliases.get(band, band) for band in bands] == labels, name


def test_elevation_has_one_time_whatever_the_period(connection_to):
    box = {"west": 5.1, "south": 51.2, "east": 5.11, "north": 51.21}
    for period in (None, ["2022-01-01", "2023-01-01"], ["2024-06-01", "2024-06-02"]):
        dem = connection_to("cdse").load_collection(
            "COPERNICUS_30", spatial_extent=box, temporal_extent=period, bands=["DEM"]
        )
        job = dem.max_time().create_job()
        job.start_and_wait(print=lambda _: None)
        assert len(job.get_results().get_assets()) == 1


def test_back_ends_of_one_process_do_not_mix_their_catalogues():
    graph = {
        "load": {
            "process_id": "load_collection",
            "arguments": {"id": "COPERNICUS_30", "spatial_extent": None, "temporal_extent": None},
        },
        "filter": {
            "process_id": "filter_temporal",
            "arguments": {"data": {"from_node": "load"}, "extent": ["2000-01-01", "2030-01-01"]},
            "result": True,
        },
    }
    for names in (("spec", "cdse"), ("cdse", "spec")):
        found = {}
        for name in names:
            with MockBackend(profile={"catalogue": name, "acceptance": "spec"}) as backend:
                found[name] = [each["code"] for each in backend.connect().validate_process_graph(graph)]
        assert found == {"spec": ["DimensionNotAvailable"], "cdse": []}


def test_bands_may_be_asked_for_by_other_names(connection_to, tmp_path):
    cube = connection_to("cdse").datacube_from_process(
        "load_collection",
        id="TERRASCOPE_S2_TOC_V2",
        spatial_extent={"west": 5.1, "south": 51.2, "east": 5.11, "north": 51.21},
        temporal_extent=["2024-06-01", "2024-06-06"],
        bands=["TOC-B04_10M"],
    )
    [path] = (
        cube.execute_batch(out_format="GTiff", print=lambda _: None)
        .get_results()
        .download_files(tmp_path, include_stac_metadata=False)
    )

    with rasterio.open(path) as file:
        assert file.descriptions == ("B04",)


class TestIdsWithSlashes:
    """Earth Engine's ids have them; the client puts them into paths as they are."""

    @pytest.fixture
    def api(self, connection_to):
        return connection_to("gee")

    @pytest.mark.parametrize("written", ["COPERNICUS/S2_SR", "COPERNICUS%2FS2_SR", "COPERNICUS//S2_SR/"])
    def test_a_collection(self, api, written):
        found = api.get(f"/collections/{written}").json()

        assert found["id"] == "COPERNICUS/S2_SR"
        for link in found["links"]:
            if link["rel"] != "license":
                assert api.get(link["href"]).status_code == 200

    def test_its_items(self, api):
        [item] = api.get("/collections/COPERNICUS/S2_SR/items?limit=1").json()["features"]
        [link] = [each["href"] for each in item["links"] if each["rel"] == "self"]

        assert item["collection"] == "COPERNICUS/S2_SR"
        assert "/" not in item["id"]
        assert api.get(link).json() == item

    def test_pages_of_a_search(self, api):
        first = api.get("/search?collections=COPERNICUS/S2_SR,COPERNICUS/S2&limit=3").json()
        [following] = [each["href"] for each in first["links"] if each["rel"] == "next"]

        assert len(api.get(following).json()["features"]) == 3

    def test_what_it_can_be_filtered_by(self, api):
        assert "properties" in api.get("/collections/COPERNICUS/S2_SR/queryables").json()

    def test_an_unknown_one(self, api):
        for path in ("", "/queryables", "/items", "/items/x"):
            with pytest.raises(OpenEoApiError, match="Did you mean 'COPERNICUS/S2_SR'") as raised:
                api.get(f"/collections/COPERNICUS/S2_RS{path}")
            assert raised.value.code == "CollectionNotFound"

    def test_one_that_is_added(self, mock_backend):
        mock_backend.add_collection("OURS/FIELDS/V1", bands=["B1"])
        mock_backend.add_collection("OURS/FIELDS/V2")

        assert mock_backend.connect().describe_collection("OURS/FIELDS/V1")["id"] == "OURS/FIELDS/V1"


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_names_its_source(name):
    assert profile_from(name).source


@pytest.mark.mock_backend(profile="cdse")
class TestFormatsAndRuntimesOfCdse:
    def test_options_are_those_of_cdse(self, mock_backend_connection):
        formats = mock_backend_connection.list_file_formats()["output"]

        assert {"tile_grid", "sample_by_feature", "filepath_per_band"} <= formats["GTiff"][
            "parameters"
        ].keys()
        assert formats["GTiff"]["parameters"]["compression"]["enum"] == ["deflate", "zstd"]
        assert "CovJSON" in formats

    def test_options_are_checked(self, mock_backend_connection):
        cube = mock_backend_connection.load_collection("SENTINEL2_L2A", bands=["B04"])
        refused = cube.save_result("GTiff", options={"tile_grid": "utm-1km"}).validate()
        accepted = cube.save_result("gtiff", options={"tile_grid": "utm-10km", "ZLEVEL": 9}).validate()

        assert ["tile_grid" in each["message"] for each in refused] == [True]
        assert accepted == []

    def test_a_format_that_cannot_be_written_has_a_stand_in(self, mock_backend_connection, tmp_path):
        job = mock_backend_connection.load_collection("COPERNICUS_90").create_job(out_format="covjson")
        job.start_and_wait(print=lambda _: None)
        [path] = job.get_results().download_files(tmp_path, include_stac_metadata=False)

        assert json.loads(path.read_text())["format"] == "CovJSON"

    @pytest.mark.parametrize(
        ("runtime", "version", "codes"),
        [
            ("Python", None, []),
            ("python", "3", []),
            ("Python", "3.8", []),
            ("Python", "3.11", []),
            ("Python", "latest", []),
            ("Python-Jep", "3.11", []),
            ("Python", "2.7", ["InvalidVersion"]),
            ("R", None, ["InvalidRuntime"]),
        ],
    )
    def test_runtimes(self, mock_backend_connection, runtime, version, codes):
        udf = "def apply_datacube(cube, context):\n    return cube\n"
        cube = mock_backend_connection.load_collection("SENTINEL2_L2A", bands=["B04"])
        called = cube.process("run_udf", data=cube, udf=udf, runtime=runtime, version=version)

        assert [each["code"] for each in called.validate()] == codes


def test_who_has_no_profile_has_the_runtimes_of_cdse_and_more(mock_backend_connection):
    runtimes = mock_backend_connection.list_udf_runtimes()

    assert runtimes.keys() == {"Python", "R", "Python-Jep", "EOAP-CWL"}
    assert runtimes["Python"]["versions"].keys() == {"3", "3.8", "3.11", "latest"}
    assert runtimes["Python"]["versions"]["latest"] == runtimes["Python"]["versions"]["3.11"]


@pytest.mark.parametrize("collection_id", ["SENTINEL2_L1C", "SENTINEL2_L2A", "SENTINEL2_L2A_SENTINELHUB"])
def test_days_of_sentinel_2_at_cdse_are_those_of_a_real_orbit(collection_id):
    """Files that public notebooks open by name are of days on which orbit 51 was seen, e.g. 7 May 2020."""
    coverage = register("cdse").known(collection_id).coverage
    day = datetime(2020, 5, 7, tzinfo=UTC)

    instants = [coverage.seen(Visit(number, 0))[0] for number in range(20)]

    assert {(each - day) // timedelta(days=1) % 5 for each in instants} == {0}
    assert timedelta(0) <= instants[0] - coverage.since < timedelta(days=9)


@pytest.mark.parametrize(
    ("name", "process_id", "arguments"),
    [
        ("eodc", "sen2like", {"data": THIS, "target_product": "L2F", "cloud_cover": 50}),
        ("openeo-platform", "sen2like", {"data": THIS, "export_original_files": True}),
    ],
)
def test_harmonised_data_are_where_and_when_the_data_are(
    connection_to, name, process_id, arguments, tmp_path
):
    extents = {
        "spatial_extent": {"west": 15.6, "south": 46.5, "east": 15.61, "north": 46.51},
        "temporal_extent": ["2023-07-01", "2023-08-01"],
    }
    loaded = connection_to(name).load_collection("SENTINEL2_L1C", bands=["B02", "B03"], **extents)

    loaded.process(process_id, arguments).download(tmp_path / "made.nc", format="netCDF")
    loaded.download(tmp_path / "loaded.nc", format="netCDF")

    with (
        xarray.open_dataset(tmp_path / "made.nc") as made,
        xarray.open_dataset(tmp_path / "loaded.nc") as data,
    ):
        assert (dict(made.sizes), set(made)) == (dict(data.sizes), set(data))


@pytest.mark.parametrize("process_id", ["force_level2", "force_tsa"])
def test_force_takes_a_stac_document(connection_to, process_id):
    """https://github.com/bcdev/apex-force-openeo"""
    arguments = {"stac_document": {"type": "Catalog", "links": []}, "name": "Modena", "do_brdf": True}
    cube = connection_to("cdse").datacube_from_process(process_id, **arguments)

    assert cube.create_job().status() == "created"


def test_an_unknown_process_has_data_of_the_first_day_on_which_sentinel_2_passed(connection_to):
    """As if it loaded that collection: a public notebook opens the file of this day."""
    cube = connection_to("cdse").datacube_from_process(
        "biopar",
        namespace="https://processes.test/biopar.json",
        spatial_extent={"west": 5.2157, "south": 51.1602, "east": 5.2257, "north": 51.1702},
        temporal_extent=["2020-05-06", "2020-05-30"],
    )

    job = cube.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)

    assert list(job.get_results().get_metadata()["assets"]) == ["openEO_2020-05-07Z.tif"]


@pytest.mark.parametrize("year", [2000, 2018])
def test_land_cover_of_a_year_is_one_map(connection_to, year):
    cube = connection_to("openeo-platform").load_collection(
        "corine_land_cover",
        spatial_extent={"west": 12.17, "south": 46.9, "east": 13.5, "north": 47.09},
        temporal_extent=["2000-01-01", "2020-06-30"],
    )
    cube = (cube == 34).filter_temporal(f"{year}-01-01", f"{year}-12-31").drop_dimension("t")

    job = cube.create_job(out_format="netCDF")
    job.start_and_wait(print=lambda _: None)

    assert job.status() == "finished"
