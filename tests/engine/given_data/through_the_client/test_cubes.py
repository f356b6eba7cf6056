"""Given data, a process graph of the real client, a file, and the same by NumPy."""

import pickle

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
import xarray as xr
from hypothesis import given as given_by
from hypothesis import strategies as st
from openeo.rest import OpenEoApiError

from mock_backend import MockBackend
from mock_backend.engine.given_data.reading import read_given
from small_cubes import DATES, UTM, cube

from .conftest import LABELS, NIR, NIR_, PERIOD, RED, RED_, WHOLE, content_of, pixels, same


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
        content = content_of(second.connect().load_collection("MY").max_time())

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
