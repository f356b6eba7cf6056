"""The whole way: given data, a process graph of the real client, a file, and the same by NumPy."""

import io
import json
import pickle
from functools import partial

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
import xarray as xr
from hypothesis import given as given_by
from hypothesis import strategies as st
from openeo.rest import OpenEoApiError
from rasterio.io import MemoryFile

from mock_backend import JobPlan, MockBackend
from mock_backend.engine.given_data.reading import read_given
from small_cubes import DATES, UTM, cube

LABELS = [f"{each}T00:00:00Z" for each in DATES]
RED, NIR = np.random.default_rng(1).integers(1, 10_000, (2, 3, 4, 5)).astype("int16")
RED[0, 0, 0] = NIR[0, 0, 0] = -9999
#: As processes see them.
RED_, NIR_ = (np.where(each == -9999, np.nan, each.astype("float64")) for each in (RED, NIR))

#: An area and a period with all of the data.
WHOLE = {"west": 5.0, "south": 51.4, "east": 5.1, "north": 51.5}
PERIOD = ["2024-06-01", "2024-07-01"]


@pytest.fixture
def mock_backend_settings():
    return {"plan": JobPlan.immediate()}


@pytest.fixture
def loaded(mock_backend):
    mine = xr.Dataset({"B04": cube(RED, _FillValue=-9999), "B08": cube(NIR, _FillValue=-9999)})
    mock_backend.add_collection("MY", data=mine)
    return mock_backend.connect().load_collection("MY")


def pixels(cube):
    """Return the bands of the GeoTIFF that a cube makes, or of one, as they are stored."""
    content = cube if isinstance(cube, bytes) else _content(cube)
    with rasterio.open(io.BytesIO(content)) as raster:
        return raster.read(), raster.profile


def _content(cube):
    response = cube.connection.post(
        "/result", json={"process": {"process_graph": cube.save_result("GTiff").flat_graph()}}
    )
    assert response.headers["content-type"].startswith("image/tiff")
    return response.content


def _tiff(values):
    profile = {"width": 5, "height": 4, "count": 1, "dtype": "int16", "crs": UTM}
    transform = rasterio.Affine(10, 0, 640_000, 0, -10, 5_700_040)
    with MemoryFile() as file:
        with file.open(driver="GTiff", transform=transform, **profile) as raster:
            raster.write(values)
        return bytes(file.getbuffer())


def same(found, expected):
    np.testing.assert_array_equal(np.squeeze(found), np.squeeze(expected.astype("float32")))


def test_what_is_loaded_is_what_was_given(loaded):
    found, profile = pixels(loaded.filter_temporal(DATES[0], "2024-06-02"))

    np.testing.assert_array_equal(found, [RED[0], NIR[0]])
    assert (profile["dtype"], profile["nodata"]) == ("int16", -9999)
    assert profile["transform"] == rasterio.Affine(10, 0, 640_000, 0, -10, 5_700_040)
    assert profile["crs"] == UTM


@pytest.mark.parametrize(
    ("reducer", "function"),
    [
        ("mean", np.nanmean),
        ("max", np.nanmax),
        ("min", np.nanmin),
        ("sum", np.nansum),
        ("median", np.nanmedian),
    ],
)
def test_reducing_time(loaded, reducer, function):
    found, _ = pixels(loaded.reduce_dimension(dimension="t", reducer=reducer))

    np.testing.assert_allclose(found, [function(each, axis=0) for each in (RED_, NIR_)], rtol=1e-6)


def test_arithmetic_of_bands(loaded):
    red, nir = loaded.band("B04"), loaded.band("B08")
    found, _ = pixels(((nir - red) / (nir + red)).max_time())

    same(found, np.nanmax((NIR_ - RED_) / (NIR_ + RED_), axis=0))


def test_bands_are_chosen_by_name_and_in_order(mock_backend, loaded):
    found, _ = pixels(
        mock_backend.connect()
        .load_collection("MY", bands=["B08", "B04"])
        .filter_temporal(DATES[1], "2024-06-12")
    )

    np.testing.assert_array_equal(found, [NIR[1], RED[1]])


def test_masking(loaded):
    mask = loaded.band("B08") > 5000
    found, _ = pixels(loaded.filter_bands(["B04"]).mask(mask).reduce_dimension(dimension="t", reducer="sum"))

    there = ~np.isnan(RED_) & ~(NIR_ > 5000)
    expected = np.where(there.any(axis=0), np.where(there, RED_, 0).sum(axis=0), np.nan)
    same(found, expected)


def test_merging_two_collections(mock_backend, loaded):
    mock_backend.add_collection("OTHER", data=cube(np.full((3, 4, 5), 2.5), name="factor"))
    other = mock_backend.connect().load_collection("OTHER")

    merged = loaded.merge_cubes(other)
    found, _ = pixels((merged.band("B04") * merged.band("factor")).max_time())

    same(found, np.nanmax(RED_ * 2.5, axis=0))


@pytest.mark.parametrize("at_loading", [True, False])
def test_an_area_is_a_window_of_the_data(mock_backend, loaded, at_loading):
    area = {"west": 640_010, "south": 5_700_000, "east": 640_030, "north": 5_700_020, "crs": 32631}
    connection = mock_backend.connect()
    part = (
        connection.load_collection("MY", spatial_extent=area)
        if at_loading
        else connection.load_collection("MY").filter_bbox(area)
    )

    found, profile = pixels(part.filter_temporal(DATES[2], "2024-06-22"))

    np.testing.assert_array_equal(found, [RED[2, 2:, 1:3], NIR[2, 2:, 1:3]])
    assert (profile["transform"].c, profile["transform"].f) == (640_010, 5_700_020)


def test_areas_of_another_grid_meet_the_data(mock_backend, loaded):
    """A cube that is resampled to its own pixels, and merged with itself, stays what it is."""
    again = mock_backend.connect().load_collection("MY").resample_cube_spatial(loaded, method="near")
    difference = loaded.filter_bands(["B04"]).merge_cubes(
        again.filter_bands(["B04"]), overlap_resolver="subtract"
    )

    found, _ = pixels(difference.max_time())

    same(found, np.zeros((4, 5)))


def test_polygons_mask_by_the_centres_of_pixels(mock_backend, loaded):
    lower = shapely.box(640_000, 5_700_000, 640_050, 5_700_020)
    [shape] = geopandas.GeoSeries([lower], crs=UTM).to_crs(4326)
    found, _ = pixels(
        loaded.filter_bands(["B04"]).filter_temporal(DATES[1], "2024-06-12").mask_polygon(shape)
    )

    np.testing.assert_array_equal(found[0, 2:], RED[1, 2:])
    assert (found[0, :2] == -9999).all()


def test_zonal_series_are_the_means_of_the_pixels(mock_backend, loaded):
    west = shapely.box(640_000, 5_700_000, 640_020, 5_700_040)
    [shape] = geopandas.GeoSeries([west], crs=UTM).to_crs(4326)

    series = loaded.aggregate_spatial(shapely.geometry.mapping(shape), reducer="mean").execute()

    assert list(series) == LABELS
    for place, label in enumerate(LABELS):
        expected = [np.nanmean(each[place, :, :2]) for each in (RED_, NIR_)]
        assert series[label] == [pytest.approx(expected, rel=1e-6)]


def test_a_job_is_created_waited_for_and_downloaded(loaded, tmp_path):
    job = loaded.create_job(out_format="netCDF")
    job.start_and_wait(print=lambda _: None)
    [path] = job.get_results().download_files(tmp_path, include_stac_metadata=False)

    with xr.open_dataset(path, decode_coords="all") as found:
        assert found.t.values.astype("datetime64[D]").astype(str).tolist() == DATES
        for name, expected in (("B04", RED_), ("B08", NIR_)):
            np.testing.assert_array_equal(found[name].transpose("t", "y", "x"), expected)
    metadata = job.get_results().get_metadata()
    [asset] = metadata["assets"].values()
    assert asset["bands"][0]["statistics"]["maximum"] == np.nanmax(RED_)
    assert not [each for each in job.logs() if "Not computed" in each.message]


def test_a_user_defined_process_gets_the_same(mock_backend, loaded):
    from openeo.api.process import Parameter

    connection = mock_backend.connect()
    parameter = Parameter.raster_cube()
    graph = connection.datacube_from_process("reduce_dimension", data=parameter, dimension="t", reducer=_MAX)
    connection.save_user_defined_process("latest", graph, parameters=[parameter])

    found, _ = pixels(loaded.process("latest", data=loaded))

    same(found, np.array([np.nanmax(RED_, axis=0), np.nanmax(NIR_, axis=0)]))


_MAX = {
    "process_graph": {
        "max": {"process_id": "max", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    }
}


def test_collections_of_the_catalogue_have_the_values_that_are_given(mock_backend):
    mock_backend.add_collection("SENTINEL2_L2A", data=xr.Dataset({"B04": cube(RED), "B08": cube(NIR)}))
    loaded = mock_backend.connect().load_collection("SENTINEL2_L2A")

    found, _ = pixels(loaded.ndvi().max_time())

    expected = (NIR - RED.astype("float64")) / (NIR + RED.astype("float64"))
    same(found, expected.max(axis=0))


def test_data_of_one_back_end_are_not_those_of_another(mock_backend, loaded):
    graph = loaded.max_time()
    first, _ = pixels(graph)
    with MockBackend("https://second.test") as second:
        second.add_collection("MY", data=xr.Dataset({"B04": cube(RED + 1), "B08": cube(NIR + 1)}))
        content = _content(second.connect().load_collection("MY").max_time())

    other, _ = pixels(content)
    assert (other != first).all()


def test_data_after_a_reset_are_the_new_ones(mock_backend, loaded):
    pixels(loaded.max_time())
    mock_backend.reset()
    mock_backend.add_collection("MY", data=xr.Dataset({"B04": cube(RED * 0), "B08": cube(NIR * 0)}))

    found, _ = pixels(mock_backend.connect().load_collection("MY").max_time())

    assert (found == 0).all()


@pytest.mark.parametrize(
    ("extent", "message"),
    [
        ({"spatial_extent": {"west": 0, "south": 0, "east": 1, "north": 1}}, "cover"),
        ({"temporal_extent": ["2024-06-12", "2024-06-13"]}, "2024-06-01T00:00:00Z"),
    ],
)
def test_areas_and_periods_without_data_are_refused(mock_backend, loaded, extent, message):
    with MockBackend("https://strict.test", profile="spec") as strict:
        strict.add_collection("MY", data=cube())
        whole = {"spatial_extent": WHOLE, "temporal_extent": PERIOD}
        with pytest.raises(OpenEoApiError, match="NoDataAvailable") as caught:
            strict.connect(auto_validate=False).load_collection("MY", **{**whole, **extent}).create_job()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "part",
    [
        lambda connection: connection.load_collection(
            "MY", spatial_extent={"west": 5.0, "south": 51.0, "east": 5.001, "north": 51.001}
        ),
        lambda connection: connection.load_collection("MY", temporal_extent=["2024-06-12", "2024-06-13"]),
        lambda connection: connection.load_collection("MY").filter_temporal("2024-06-12", "2024-06-13"),
        lambda connection: connection.load_collection("MY").filter_bbox(west=0, south=0, east=1, north=1),
    ],
)
def test_where_there_are_no_data_there_are_no_values(mock_backend, loaded, part):
    job = part(mock_backend.connect()).create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    assets = job.get_results().get_assets()

    for asset in assets:
        found, profile = pixels(asset.load_bytes())
        assert (found == profile["nodata"]).all()
    assert assets
    assert any("(rule: no-data)" in each.message for each in job.logs(level="warning"))


# -- files and URLs -------------------------------------------------------------------------------------


def test_results_of_a_job_are_loaded_again(mock_backend, loaded):
    job = loaded.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    connection = mock_backend.connect()
    links = job.get_results().get_metadata()["links"]
    [signed] = [each["href"] for each in links if each["rel"] == "canonical"]

    for url in (signed, f"{mock_backend.url}/jobs/{job.job_id}/results"):
        found, _ = pixels(connection.load_stac(url, bands=["B08"]).max_time())
        same(found, np.nanmax(NIR_, axis=0))
    found, _ = pixels(connection.load_stac(signed, temporal_extent=[DATES[1], "2024-06-12"]))
    np.testing.assert_array_equal(found, [RED[1], NIR[1]])


def test_given_data_are_chosen_by_the_properties_of_their_items(mock_backend):
    summaries = {"platform": ["sentinel-2a"], "eo:cloud_cover": {"minimum": 0, "maximum": 100}}
    mock_backend.add_collection("MY", data=cube(RED), summaries=summaries)
    connection = mock_backend.connect()
    items = connection.get("/collections/MY/items").json()["features"]
    covers = {each["properties"]["datetime"]: each["properties"]["eo:cloud_cover"] for each in items}
    limit = sorted(covers.values())[1]
    days = [day for day, label in enumerate(LABELS) if covers[label] <= limit]

    for properties, kept in (
        ({"eo:cloud_cover": lambda value: value <= limit}, days),
        ({"platform": lambda value: value == "sentinel-2a"}, [0, 1, 2]),
    ):
        found, _ = pixels(connection.load_collection("MY", properties=properties).max_time())
        same(found, RED[kept].max(axis=0))
    found, profile = pixels(
        connection.load_collection("MY", properties={"platform": lambda value: value == "other"}).max_time()
    )
    assert (np.isnan(found) if np.isnan(profile["nodata"]) else found == profile["nodata"]).all()


@pytest.fixture(params=["GTiff", "netCDF", "Zarr"])
def results(request, mock_backend, loaded):
    """The URL of results of three dates."""
    job = loaded.create_job(out_format=request.param)
    job.start_and_wait(print=lambda _: None)
    links = job.get_results().get_metadata()["links"]
    return next(each["href"] for each in links if each["rel"] == "canonical")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"bands": ["B08", "B04"]}, lambda red, nir: [nir, red]),
        ({"temporal_extent": DATES[:2]}, lambda red, nir: [red[:1], nir[:1]]),
        ({"temporal_extent": [DATES[1], None]}, lambda red, nir: [red[1:], nir[1:]]),
        (
            {
                "spatial_extent": {
                    "west": 640_010,
                    "south": 5_700_010,
                    "east": 640_030,
                    "north": 5_700_030,
                    "crs": 32631,
                },
                "bands": ["B08"],
                "temporal_extent": [None, DATES[2]],
            },
            lambda red, nir: [nir[:2, 1:3, 1:3]],  # as the others
        ),
    ],
    ids=["bands", "start", "end", "all"],
)
def test_parts_of_results_are_loaded(mock_backend, results, arguments, part):
    found, profile = pixels(mock_backend.connect().load_stac(results, **arguments).min_time())

    expected = [np.fmin.reduce(each) for each in part(RED_, NIR_)]
    np.testing.assert_array_equal(np.where(found == profile["nodata"], np.nan, found), expected)


@pytest.mark.parametrize(
    "arguments",
    [
        {"bands": ["B99"]},
        {"temporal_extent": ["2020-01-01", "2020-02-01"]},
        {"spatial_extent": {"west": 5.1, "south": 51, "east": 5.1001, "north": 51.0001}},
        {"properties": {"eo:cloud_cover": lambda value: value <= 50}},
        {"properties": {"openeo:status": lambda value: value == "running"}},
    ],
    ids=lambda given: next(iter(given)),
)
@pytest.mark.parametrize("results", ["GTiff"], indirect=True)
def test_no_values_stand_in_for_results_that_are_not_wanted(mock_backend, results, arguments):
    found, profile = pixels(mock_backend.connect().load_stac(results, **arguments).max_time())
    assert (np.isnan(found) if np.isnan(profile["nodata"]) else found == profile["nodata"]).all()

    with MockBackend("https://strict.test", profile="spec", plan=JobPlan.immediate()) as strict:
        strict.add_collection("MY", data=cube(RED))
        connection = strict.connect(auto_validate=False)
        job = connection.load_collection("MY", WHOLE, PERIOD).create_job(out_format="GTiff")
        job.start()
        url = f"{strict.url}/jobs/{job.job_id}/results"
        with pytest.raises(OpenEoApiError, match="NoDataAvailable"):
            connection.load_stac(url, **arguments).create_job()


def test_items_are_chosen_by_their_properties(mock_backend):
    features = []
    for day, cover in enumerate((10, 80, 30)):
        mock_backend.add_url(f"https://stac.test/{day}.tif", _tiff(RED[day : day + 1]))
        features.append(
            {
                "type": "Feature",
                "properties": {"datetime": LABELS[day], "eo:cloud_cover": cover, "orbit": "descending"},
                "assets": {
                    "data": {
                        "href": f"https://stac.test/{day}.tif",
                        "bands": [{"name": "B04", "eo:common_name": "red"}],
                    }
                },
            }
        )
    del features[2]["properties"]["orbit"]
    mock_backend.add_url("https://stac.test/search", {"type": "FeatureCollection", "features": features})
    load = partial(mock_backend.connect().load_stac, "https://stac.test/search", bands=["red"])

    for properties, days in (
        ({"eo:cloud_cover": lambda value: value <= 50}, [0, 2]),
        ({"eo:cloud_cover": lambda value: value > 50}, [1]),
        ({"eo:cloud_cover": lambda value: value <= 50, "orbit": lambda value: value == "descending"}, [0]),
    ):
        found, _ = pixels(load(properties=properties).max_time())
        same(found, RED[days].max(axis=0))


def test_collections_and_items_are_loaded_by_their_urls(mock_backend, loaded):
    connection = mock_backend.connect()
    items = connection.get("/collections/MY/items").json()["features"]
    [middle] = [each["links"][0]["href"] for each in items if each["properties"]["datetime"] == LABELS[1]]

    found, _ = pixels(connection.load_stac(f"{mock_backend.url}/collections/MY").max_time())
    np.testing.assert_array_equal(found, [np.nanmax(each, axis=0) for each in (RED_, NIR_)])
    found, _ = pixels(connection.load_stac(middle))
    np.testing.assert_array_equal(found, [RED[1], NIR[1]])


def test_registered_stac_is_loaded(mock_backend, tmp_path):
    for day in (1, 2):
        (tmp_path / f"{day}.tif").write_bytes(_tiff(RED[day : day + 1]))
    mock_backend.add_url("https://stac.test/files", tmp_path)
    features = [
        {
            "type": "Feature",
            "properties": {"datetime": LABELS[day]},
            "assets": {"red": {"href": f"https://stac.test/files/{day}.tif"}},
        }
        for day in (1, 2)
    ]
    mock_backend.add_url("https://stac.test/search", {"type": "FeatureCollection", "features": features})

    cube = mock_backend.connect().load_stac("https://stac.test/search")
    found, _ = pixels(cube.max_time())

    same(found, RED[1:].max(axis=0))


def test_uploaded_files_are_loaded(mock_backend, loaded):
    connection = mock_backend.connect()
    connection.put("/files/mine.tif", data=_content(loaded.max_time()))
    cube = connection.datacube_from_process("load_uploaded_files", paths=["mine.tif"], format="GTiff")

    found, _ = pixels(cube)

    np.testing.assert_array_equal(found, [np.nanmax(each, axis=0) for each in (RED_, NIR_)])


@pytest.mark.parametrize(
    "form", ["load_url", "load_geojson", "load_uploaded_files", "parquet", "read_vector", "get_geometries"]
)
def test_geometries_of_files_and_urls_are_where_they_are(mock_backend, loaded, form):
    west = shapely.box(640_000, 5_700_000, 640_020, 5_700_040)
    frame = geopandas.GeoDataFrame({"name": ["w"]}, geometry=[west], crs=UTM).to_crs(4326)
    connection = mock_backend.connect()
    content = frame.to_json().encode()
    if form == "parquet":
        frame.to_parquet(buffer := io.BytesIO())
        content = buffer.getvalue()
    mock_backend.add_url("https://data.test/w", content)
    connection.put("/files/w.geojson", data=content)
    geometries = {
        "load_url": lambda: connection.load_url("https://data.test/w", format="GeoJSON"),
        "parquet": lambda: connection.load_url("https://data.test/w", format="Parquet"),
        "load_geojson": lambda: connection.load_geojson(json.loads(frame.to_json())),
        "load_uploaded_files": lambda: connection.vectorcube_from_paths(["w.geojson"], format="GeoJSON"),
        "read_vector": lambda: connection.datacube_from_process(
            "read_vector", filename="https://data.test/w"
        ),
        "get_geometries": lambda: connection.datacube_from_process("get_geometries", filename="w.geojson"),
    }[form]()

    series = loaded.aggregate_spatial(geometries, reducer="max").execute()

    assert series[LABELS[2]] == [[RED[2, :, :2].max(), NIR[2, :, :2].max()]]


@pytest.mark.parametrize(
    "load",
    [
        lambda connection: connection.load_stac("https://nowhere.test/stac"),
        lambda connection: connection.load_url("https://nowhere.test/a.geojson", format="GeoJSON"),
        lambda connection: connection.datacube_from_process(
            "load_uploaded_files", paths=["nothing.tif"], format="GTiff"
        ),
        lambda connection: connection.datacube_from_process(
            "get_geometries", filename="https://nowhere.test/a"
        ),
    ],
)
def test_what_is_unknown_has_a_stand_in_and_the_log_says_so(mock_backend, load):
    job = load(mock_backend.connect()).create_job(out_format="JSON")
    job.start_and_wait(print=lambda _: None)

    messages = [each.message for each in job.logs(level="warning")]
    assert any(
        "unknown-content" in each and ("add_url" in each or "nothing.tif" in each) for each in messages
    )
    assert "unknown-content" in {each.rule for each in mock_backend.leniencies}


def test_a_strict_back_end_refuses_what_is_unknown(mock_backend):
    from openeo.rest import OpenEoApiError

    with MockBackend("https://strict.test", profile="spec") as strict:
        connection = strict.connect(auto_validate=False)
        with pytest.raises(
            OpenEoApiError, match=r"backend\.add_url\('https://nowhere\.test/stac', content\)"
        ):
            connection.load_stac("https://nowhere.test/stac").create_job()


def test_a_live_server_computes_with_results_of_its_own(mock_backend, loaded):
    """It would hang if it asked itself over its socket."""
    import openeo

    job = loaded.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    live = openeo.connect(mock_backend.live().api_url).authenticate_basic("alice", "secret")
    url = f"{mock_backend.live().api_url}/jobs/{job.job_id}/results"

    found, _ = pixels(live.load_stac(url).max_time())

    np.testing.assert_array_equal(found, [np.nanmax(each, axis=0) for each in (RED_, NIR_)])


def test_files_of_results_are_data(loaded, tmp_path):
    job = loaded.create_job(out_format="Zarr")
    job.start_and_wait(print=lambda _: None)
    [path] = job.get_results().download_files(tmp_path, include_stac_metadata=False)

    data = read_given(path)

    np.testing.assert_array_equal(data.values[:, 0], RED_)
    np.testing.assert_array_equal(data.values[:, 1], NIR_)


@given_by(st.data())
def test_any_window_of_any_dates_and_bands_is_that_of_the_array(data):
    with MockBackend("https://windows.test") as backend:
        mine = xr.Dataset({"B04": cube(RED), "B08": cube(NIR)})
        order = data.draw(st.permutations(("t", "y", "x")))
        backend.add_collection("MY", data=mine.transpose(*order))
        top, bottom = sorted(data.draw(st.lists(st.integers(0, 4), min_size=2, max_size=2, unique=True)))
        left, right = sorted(data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True)))
        bands = data.draw(st.sampled_from([["B04"], ["B08"], ["B04", "B08"], ["B08", "B04"]]))
        date = data.draw(st.integers(0, 2))
        area = {
            "west": 640_000 + 10 * left,
            "east": 640_000 + 10 * right,
            "north": 5_700_040 - 10 * top,
            "south": 5_700_040 - 10 * bottom,
            "crs": 32631,
        }
        connection = backend.connect(auto_validate=False)
        part = connection.load_collection("MY", spatial_extent=area, bands=bands)

        found, _ = pixels(part.filter_temporal(DATES[date], f"{DATES[date]}T01:00:00Z"))

    values = {"B04": RED, "B08": NIR}
    np.testing.assert_array_equal(found, [values[each][date, top:bottom, left:right] for each in bands])


def test_given_data_can_be_sent_to_workers():
    data = read_given(cube(RED))

    again = pickle.loads(pickle.dumps(data))

    np.testing.assert_array_equal(again.values, data.values)
    assert again.cube == data.cube
