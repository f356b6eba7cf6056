"""Radar, several sensors, and what is around each pixel."""

import numpy as np
import pytest
import xarray as xr

DATES = np.arange("2024-05-01", "2024-07-20", 6, dtype="datetime64[D]")


@pytest.fixture
def radar(give, random):
    """Make backscatter of pixels of 20 metres, where a flood comes and goes, and speckle."""
    shape = len(DATES), 6, 5
    flooded = random.random(shape[1:]) < np.linspace(0.8, 0.1, len(DATES))[:, None, None]
    vv, vh = (
        np.where(flooded, wet, dry) * random.gamma(4, 0.25, shape)
        for wet, dry in ((0.01, 0.1), (0.002, 0.03))
    )
    return give("SENTINEL1_GRD", DATES, size=20, VV=vv.astype("float32"), VH=vh.astype("float32"))


def in_decibels(data):
    return data.apply(lambda x: 10 * x.log(base=10))


def test_floods_are_where_backscatter_in_decibels_is_low(connection, radar, by_job, assert_same):
    loaded = connection.load_collection("SENTINEL1_GRD", bands=["VV", "VH"])
    decibels = in_decibels(loaded)
    water = (decibels.band("VV") < -16) & (decibels.band("VH") < -22)

    found = {
        "decibels": by_job(decibels.band("VV")),
        "water": by_job(water),
        "share": by_job(water.reduce_dimension("t", reducer="mean")),
    }

    vv, vh = (10 * np.log10(radar[band]) for band in ("VV", "VH"))
    expected = (vv < -16) & (vh < -22)
    assert 0.1 < expected.mean() < 0.9
    assert_same(found["decibels"], vv)
    assert_same(found["water"], expected)
    assert_same(found["share"], expected.mean("t"))


def test_sensors_of_different_pixels_are_merged_by_month(connection, optical, radar, by_job, assert_same):
    period = ["2024-05-01", "2024-07-01"]
    index = connection.load_collection("SENTINEL2_L2A", temporal_extent=period, bands=["B04", "B08"])
    backscatter = connection.load_collection("SENTINEL1_GRD", temporal_extent=period, bands=["VV", "VH"])
    months = index.aggregate_temporal_period("month", reducer="median")
    other_months = backscatter.aggregate_temporal_period("month", reducer="mean")
    near = months.merge_cubes(other_months.resample_cube_spatial(months, method="near"))
    coarse = other_months.merge_cubes(months.resample_cube_spatial(other_months, method="average"))

    fine, coarse = by_job(near), by_job(coarse)

    months, other_months = (
        each.sel(t=slice("2024-05-01", "2024-06-30")).resample(t="MS") for each in (optical, radar)
    )
    months, other_months = months.median(), other_months.mean()
    for band in ("VV", "VH"):
        repeated = other_months[band].values.repeat(2, axis=1).repeat(2, axis=2)
        assert_same(fine[band], months.B04.copy(data=repeated))
        assert_same(coarse[band], other_months[band])
    for band in ("B04", "B08"):
        assert_same(fine[band], months[band])
        assert_same(coarse[band], months[band].coarsen(y=2, x=2).mean())


def test_edges_and_texture_of_what_is_around_each_pixel(connection, optical, by_job, assert_same):
    """Sobel's gradient, and the standard deviation of windows of three by three pixels."""
    day = ["2024-06-12", "2024-06-13"]
    near = connection.load_collection("SENTINEL2_L2A", temporal_extent=day, bands=["B08"]).max_time()
    across = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    parts = [near.apply_kernel(kernel, border="replicate") for kernel in (across, across.T)]
    squares = [each.apply(lambda x: x * x) for each in parts]
    gradient = squares[0].merge_cubes(squares[1], overlap_resolver="sum").apply("sqrt")
    nine = np.ones((3, 3)) / 9
    mean, mean_of_squares = (
        each.apply_kernel(nine, border="replicate") for each in (near, near.apply(lambda x: x * x))
    )
    texture = mean_of_squares.merge_cubes(mean.apply(lambda x: x * x), overlap_resolver="subtract").apply(
        "sqrt"
    )

    found = {"gradient": by_job(gradient), "texture": by_job(texture)}

    values = optical.B08.sel(t="2024-06-12")
    padded = values.pad(y=1, x=1, mode="edge").rolling(y=3, x=3, center=True).construct(y="i", x="j")
    around = padded[1:-1, 1:-1].assign_coords(y=values.y, x=values.x)
    sums = [(around * xr.DataArray(each, dims=("i", "j"))).sum(("i", "j")) for each in (across, across.T)]
    assert_same(found["gradient"], np.hypot(*sums).drop_vars("t"))
    assert_same(found["texture"], around.std(("i", "j")).drop_vars("t"), rtol=1e-4)
