"""Time series: seasons, gaps, climates, and those of fields."""

import math

import numpy as np
import openeo
import openeo.processes
import pytest
import xarray as xr

YEAR = 31_557_600
SMOOTHING = """
import xarray

def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:
    return cube.rolling(t=3, center=True, min_periods=1).mean()
"""


def ndvi_of(data):
    return (data.B08 - data.B04) / (data.B08 + data.B04)


def clear_ndvi(connection):
    loaded = connection.load_collection("SENTINEL2_L2A", bands=["B04", "B08", "SCL"])
    classes = loaded.band("SCL")
    return loaded.mask((classes == 3) | (classes >= 8)).ndvi(red="B04", nir="B08")


def clear_ndvi_of(data):
    return ndvi_of(data).where((data.SCL > 3) & (data.SCL < 8))


def test_gaps_of_clouds_are_filled_on_lines_between_clear_dates(connection, optical, by_job, assert_same):
    filled = clear_ndvi(connection).apply_dimension(dimension="t", process="array_interpolate_linear")

    found = by_job(filled)

    expected = clear_ndvi_of(optical).interpolate_na("t")
    assert expected.notnull().sum() > clear_ndvi_of(optical).notnull().sum()
    assert_same(found, expected)


def test_start_peak_and_end_of_a_season(connection, optical, by_job, assert_same):
    """A smoothed series is above half of its amplitude between the start and the end of the season."""
    series = (
        clear_ndvi(connection)
        .apply_dimension(dimension="t", process="array_interpolate_linear")
        .apply_dimension(dimension="t", process=openeo.UDF(SMOOTHING, runtime="Python"))
    )

    def is_green(data):
        half = (data.min() + data.max()) / 2
        return data.array_apply(lambda x: x >= half)

    found = {
        "start": by_job(series.reduce_dimension("t", lambda data: is_green(data).array_find(True))),
        "peak": by_job(series.reduce_dimension("t", lambda data: data.array_find(data.max()))),
        "end": by_job(
            series.reduce_dimension("t", lambda data: is_green(data).array_find(True, reverse=True))
        ),
        "length": by_job(series.reduce_dimension("t", lambda data: openeo.processes.sum(is_green(data)))),
    }

    smooth = clear_ndvi_of(optical).interpolate_na("t").rolling(t=3, center=True, min_periods=1).mean()
    green = smooth >= (smooth.min("t") + smooth.max("t")) / 2
    assert_same(found["start"], green.argmax("t"))
    assert_same(found["peak"], smooth.fillna(0).argmax("t"))
    assert_same(found["end"], green.sizes["t"] - 1 - green[::-1].argmax("t"))
    assert_same(found["length"], green.sum("t"))


def test_series_of_fields(connection, optical):
    fields = {
        "west": ((640_008, 5_699_888), (640_041, 5_699_992)),
        "east": ((640_062, 5_699_941), (640_098, 5_699_998)),
    }
    geometries = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": name}, "geometry": box(*south_west, *north_east)}
            for name, (south_west, north_east) in fields.items()
        ],
    }

    series = clear_ndvi(connection).aggregate_spatial(geometries, reducer="mean").execute()

    expected = clear_ndvi_of(optical)
    assert len(series) == expected.sizes["t"]
    for at, values in series.items():
        for ((west, south), (east, north)), [value] in zip(fields.values(), values, strict=True):
            inside = expected.sel(t=at.removesuffix("Z"), x=slice(west, east), y=slice(north, south))
            assert value == pytest.approx(float(inside.mean()), rel=1e-6)


def box(west, south, east, north):
    from pyproj import Transformer

    there = Transformer.from_crs(32631, 4326, always_xy=True).transform
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[list(there(*each)) for each in corners]]}


@pytest.fixture
def years(give, random):
    """Make four years of a monthly index, with a season of each pixel, some noise and some gaps."""
    dates = np.arange("2018-01", "2022-01", dtype="datetime64[M]")
    phase = 2 * np.pi * np.arange(len(dates))[:, None, None] / 12
    values = 0.5 + random.uniform(0.1, 0.3, (12, 10)) * np.sin(phase - random.uniform(0, 3, (12, 10)))
    values = values + random.normal(0, 0.02, values.shape)
    values[random.random(values.shape) < 0.1] = np.nan
    return give("INDEX", dates, index=values.astype("float32")).index


def test_harmonics_are_fitted_and_predicted(connection, years, by_job, assert_same):
    def wave(x, parameters):
        turn = 2 * math.pi / YEAR * x
        a, b, c = (openeo.processes.array_element(parameters, index) for index in range(3))
        return a + b * openeo.processes.cos(turn) + c * openeo.processes.sin(turn)

    index = connection.load_collection("INDEX").band("index")
    fitted = index.apply_dimension(
        lambda data: openeo.processes.fit_curve(data, parameters=[1, 1, 1], function=wave),
        dimension="t",
        target_dimension="parameters",
    )
    predicted = fitted.predict_curve(fitted, wave, dimension="t", labels=["2022-03-01", "2022-09-01"])

    found = by_job(predicted)

    def design(times):
        turn = 2 * np.pi / YEAR * times.astype("datetime64[s]").astype("float64")
        return np.stack([np.ones_like(turn), np.cos(turn), np.sin(turn)], axis=-1)

    wanted = np.array(["2022-03-01", "2022-09-01"], "datetime64[ns]")
    expected = np.empty((2, 12, 10))
    for y, x in np.ndindex(12, 10):
        there = years.values[:, y, x]
        known = ~np.isnan(there)
        parameters = np.linalg.lstsq(design(years.t.values[known]), there[known], rcond=None)[0]
        expected[:, y, x] = design(wanted) @ parameters
    coordinates = {"t": wanted, "y": years.y, "x": years.x}
    assert_same(found, xr.DataArray(expected, coordinates, ("t", "y", "x")), rtol=1e-4)


def test_anomalies_from_a_climate(connection, years, by_job, assert_same):
    index = connection.load_collection("INDEX").band("index")
    normals = index.process(
        "climatological_normal", data=index, period="month", climatology_period=[2018, 2020]
    )
    anomalies = index.process("anomaly", data=index, normals=normals, period="month").filter_temporal(
        "2021-01-01", "2022-01-01"
    )

    found = by_job(anomalies)

    climate = years.sel(t=slice("2018", "2020")).groupby("t.month").mean()
    expected = (years.groupby("t.month") - climate).sel(t="2021").drop_vars("month")
    assert_same(found, expected, atol=1e-7)


def test_quantiles_of_years(connection, years, by_job, assert_same):
    index = connection.load_collection("INDEX").band("index")
    years_ = index.aggregate_temporal_period(
        "year", reducer=lambda data: openeo.processes.quantiles(data, probabilities=[0.9])[0]
    )

    found = by_job(years_)

    expected = years.groupby("t.year").quantile(0.9, ("t",)).transpose("year", "y", "x")
    np.testing.assert_allclose(found["var"], expected.astype("float32"), rtol=1e-6)
