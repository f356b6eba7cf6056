"""Files of different jobs tell the same story: what one has is what the other one was made of."""

import numpy as np
import pytest
import xarray as xr
from openeo.processes import array_contains, clip, if_, quantiles, sqrt

EXTENT = {
    "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.03, "north": 51.22},
    "temporal_extent": ["2024-06-04", "2024-06-10"],
}
CLOUDS = [3, 8, 9, 10]
FIELD = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2], [5.01, 51.2], [5.01, 51.21], [5.0, 51.21], [5.0, 51.2]]],
}


@pytest.fixture
def cube(connection):
    return connection.load_collection("SENTINEL2_L2A", bands=["B02", "B04", "B08", "SCL"], **EXTENT)


@pytest.fixture
def opened(tmp_path):
    """Download a cube; return its variables, or its only one."""

    def download(cube):
        cube.download(tmp_path / "cube.nc", format="netCDF")
        with xr.open_dataset(tmp_path / "cube.nc", mask_and_scale=False) as found:
            found = found.load().drop_vars("crs")
        return found if len(found) > 1 else next(iter(found.values()))

    return download


@pytest.fixture
def bands(cube, opened):
    """Values in the files of the bands themselves."""
    return opened(cube).astype(float)


INDICES = {
    "ndvi": (
        lambda cube: cube.ndvi(nir="B08", red="B04"),
        lambda d: (d.B08 - d.B04) / (d.B08 + d.B04),
    ),
    "band math": (
        lambda cube: (cube.band("B08") - cube.band("B04")) / (cube.band("B08") + cube.band("B04")),
        lambda d: (d.B08 - d.B04) / (d.B08 + d.B04),
    ),
    "evi": (
        lambda cube: (
            (2.5 * (cube.band("B08") - cube.band("B04")))
            / (cube.band("B08") + 6.0 * cube.band("B04") - 7.5 * cube.band("B02") + 10_000.0)
        ),
        lambda d: 2.5 * (d.B08 - d.B04) / (d.B08 + 6 * d.B04 - 7.5 * d.B02 + 10_000),
    ),
    "reflectance": (
        lambda cube: cube.filter_bands(["B04"]).apply(lambda x: x * 0.0001),
        lambda d: d.B04 * 0.0001,
    ),
    "scaled": (
        lambda cube: cube.filter_bands(["B04"]).linear_scale_range(0, 3000, 0, 255),
        lambda d: np.clip(d.B04 / 3000 * 255, 0, 255),
    ),
    "two steps": (
        lambda cube: cube.filter_bands(["B08"]).apply(lambda x: x / 10_000).apply(sqrt),
        lambda d: np.sqrt(d.B08 / 10_000),
    ),
    "clipped": (
        lambda cube: cube.filter_bands(["B08"]).apply(lambda x: clip(x, 2000, 3000)),
        lambda d: np.clip(d.B08, 2000, 3000),
    ),
    "threshold": (
        lambda cube: cube.ndvi(nir="B08", red="B04") > 0.7,
        lambda d: (d.B08 - d.B04) / (d.B08 + d.B04) > 0.7,
    ),
    "choice": (
        lambda cube: cube.filter_bands(["B08"]).apply(lambda x: if_(x > 3000, x, 0)),
        lambda d: d.B08.where(d.B08 > 3000, 0),
    ),
    "largest band": (
        lambda cube: cube.filter_bands(["B02", "B04"]).reduce_dimension(dimension="bands", reducer="max"),
        lambda d: np.maximum(d.B02, d.B04),
    ),
    "one class": (lambda cube: cube.band("SCL") == 4, lambda d: d.SCL == 4),
    "classes": (
        lambda cube: (cube.band("SCL") == 3) | (cube.band("SCL") >= 8) & (cube.band("SCL") != 11),
        lambda d: d.SCL.isin(CLOUDS),
    ),
    "a list of classes": (
        lambda cube: cube.filter_bands(["SCL"]).apply(lambda x: array_contains(CLOUDS, x)),
        lambda d: d.SCL.isin(CLOUDS),
    ),
    "other names": (
        lambda cube: cube.filter_bands(["B04"]).rename_labels("bands", ["red"]),
        lambda d: d.B04,
    ),
}


@pytest.mark.parametrize(("process", "expected"), INDICES.values(), ids=INDICES)
def test_what_is_computed_of_each_pixel_is_computed_of_its_bands(cube, opened, bands, process, expected):
    found, expected = opened(process(cube)), expected(bands).astype(float)

    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert expected.min() < expected.max()


def test_masks_hide_the_pixels_that_they_show(cube, opened, bands):
    scl = cube.band("SCL")
    clouds = (scl == 3) | (scl == 8) | (scl == 9) | (scl == 10)
    found = opened(cube.filter_bands(["B04", "B08"]).mask(clouds))
    hidden = bands.SCL.isin(CLOUDS)

    for name in ("B04", "B08"):
        nothing = found[name].attrs["_FillValue"]
        assert ((found[name] == nothing) == hidden).all()
        assert (found[name].where(~hidden, 0) == bands[name].where(~hidden, 0)).all()
    assert 0 < hidden.mean() < 1


@pytest.mark.parametrize(
    ("replacement", "data_type"), [(0, "int16"), (-5, "int16"), (40_000, "int32"), (0.5, "float32")]
)
def test_masks_put_something_else_there(cube, opened, bands, replacement, data_type):
    found = opened(cube.filter_bands(["B04"]).mask(cube.band("SCL") == 4, replacement=replacement))

    assert found.dtype == data_type
    assert ((found == replacement) == (bands.SCL == 4)).all()


def test_masks_stay_where_pixels_are_computed_or_resampled(cube, opened, bands):
    masked = cube.mask(cube.band("SCL") != 4)
    index, coarse = opened(masked.ndvi(nir="B08", red="B04")), opened(masked.resample_spatial(20))

    assert (index.isnull() == (bands.SCL != 4)).all()
    assert 0.2 < (coarse.B04 == -32_768).mean() < 0.8


def test_composites_have_data_where_single_dates_have_clouds(cube, opened):
    scl = cube.band("SCL")
    monthly = cube.filter_bands(["B04"]).mask(scl > 7).aggregate_temporal_period("month", "median")

    assert not opened(monthly).isnull().any()


def test_other_bands_of_merged_cubes_are_not_masked(cube, opened):
    masked = cube.filter_bands(["B04"]).mask(cube.band("SCL") == 4)
    merged = opened(masked.merge_cubes(cube.filter_bands(["B08"])))

    assert (merged.B08 != -32_768).all()


def test_reducers_are_in_their_order(cube, opened):
    least, mean, median, most = (
        opened(cube.filter_bands(["B04"]).reduce_dimension(dimension="t", reducer=name)).astype(float)
        for name in ("min", "mean", "median", "max")
    )

    assert (least <= mean).all()
    assert (least <= median).all()
    assert (mean <= most).all()
    assert (median <= most).all()
    assert (least < most).any()


def test_quantiles_are_in_their_order(cube, opened):
    def process(data):
        return quantiles(data, probabilities=[0.1, 0.5, 0.9])

    found = opened(
        cube.filter_bands(["B04"]).apply_dimension(dimension="t", target_dimension="bands", process=process)
    )
    low, middle, high = (found[name] for name in found)

    assert (low <= middle).all()
    assert (middle <= high).all()
    assert (low < high).any()


def test_zonal_statistics_are_in_their_order(cube):
    least, mean, most = (
        cube.filter_bands(["B04", "B08"]).aggregate_spatial(FIELD, reducer=name).execute()
        for name in ("min", "mean", "max")
    )

    for date, rows in mean.items():
        for low, middle, high in zip(least[date][0], rows[0], most[date][0], strict=True):
            assert low <= middle <= high
            assert low < high
