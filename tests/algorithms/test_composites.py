"""Composites and differences of optical data."""

import numpy as np
import openeo.processes
import pytest
import xarray as xr

CLOUDY = (3, 8, 9)


def ndvi_of(data):
    return (data.B08 - data.B04) / (data.B08 + data.B04)


def test_median_of_ndvi_without_clouds_and_what_is_near_them(connection, optical, by_job, assert_same):
    loaded = connection.load_collection("SENTINEL2_L2A", bands=["B04", "B08", "SCL"])
    classes = loaded.band("SCL")
    cloudy = (classes == 3) | (classes == 8) | (classes == 9)
    bell = np.exp(-0.5 * (np.arange(-2, 3) / 1.2) ** 2)
    kernel = np.outer(bell, bell) / bell.sum() ** 2
    near_clouds = cloudy.apply_kernel(kernel) > 0.2
    composite = loaded.mask(near_clouds).ndvi(red="B04", nir="B08").reduce_dimension("t", reducer="median")

    found = by_job(composite)

    shown = optical.SCL.isin(CLOUDY).astype(float)
    padded = shown.pad(y=2, x=2, constant_values=0).rolling(y=5, x=5, center=True).construct(y="i", x="j")
    smooth = (padded * xr.DataArray(kernel, dims=("i", "j"))).sum(("i", "j"))[:, 2:-2, 2:-2].values
    expected = ndvi_of(optical).where(smooth <= 0.2).median("t")
    assert 0.1 < (smooth > 0.2).mean() < 0.5
    assert_same(found, expected)


def test_best_available_pixel_of_each_month(connection, optical, by_job, assert_same):
    """The rank composite of the openEO community's examples: the pixels with the best score of a month."""
    loaded = connection.load_collection("SENTINEL2_L2A", bands=["B04", "B08"])
    classes = connection.load_collection("SENTINEL2_L2A", bands=["SCL"]).band("SCL")
    score = loaded.ndvi(red="B04", nir="B08").mask((classes == 3) | (classes >= 8), replacement=-1)

    def is_not_best(data):
        best = data.max()
        return data.array_apply(lambda x: x != best)

    others = score.apply_neighborhood(
        is_not_best,
        size=[
            {"dimension": "x", "unit": "px", "value": 1},
            {"dimension": "y", "unit": "px", "value": 1},
            {"dimension": "t", "value": "month"},
        ],
        overlap=[],
    )
    composite = loaded.mask(others).aggregate_temporal_period("month", reducer="first")

    found = by_job(composite)

    scores = ndvi_of(optical).where(~optical.SCL.isin(CLOUDY), -1)
    best = scores == scores.groupby("t.month").max().sel(month=scores.t.dt.month)
    for band in ("B04", "B08"):
        expected = optical[band].where(best).groupby("t.month").first()
        months = found[band].assign_coords(t=found.t.dt.month.values).rename(t="month")
        assert_same(months, expected.transpose("month", "y", "x"))


def test_change_between_two_periods(connection, optical, by_job, assert_same):
    periods = ["2024-03-01", "2024-04-15"], ["2024-05-15", "2024-07-01"]
    before, after = (
        connection.load_collection("SENTINEL2_L2A", temporal_extent=each, bands=["B04", "B08"])
        .ndvi(red="B04", nir="B08")
        .median_time()
        for each in periods
    )
    difference = after - before

    found, changed = by_job(difference), by_job(difference > 0.4)

    early, late = (ndvi_of(optical).sel(t=slice(*each)).median("t") for each in periods)
    expected = late - early
    assert_same(found, expected, rtol=1e-5)
    assert 0.2 < (expected > 0.4).mean() < 0.9
    assert_same(changed, expected > 0.4)


@pytest.mark.mock_backend(profile="cdse")
def test_features_of_each_pixel_by_quantiles(connection, optical, by_job):
    loaded = connection.load_collection("SENTINEL2_L2A", bands=["B04", "B08"])
    features = loaded.apply_dimension(
        dimension="t",
        target_dimension="bands",
        process=lambda data: openeo.processes.quantiles(data, probabilities=[0.25, 0.5, 0.75]),
    ).rename_labels("bands", [f"{band}_{p}" for band in ("B04", "B08") for p in (25, 50, 75)])

    found = by_job(features)

    for band in ("B04", "B08"):
        for share in (0.25, 0.5, 0.75):
            expected = optical[band].quantile(share, "t").astype("float32")
            np.testing.assert_array_equal(found[f"{band}_{share * 100:.0f}"], expected)
