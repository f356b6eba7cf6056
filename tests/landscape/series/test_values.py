"""Values: their types, ranges, shapes and windows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.core.file_values import MAX_VALUES, Values
from mock_backend.engine.cubes import Dimension
from mock_backend.errors import ProcessGraphComplexity

#: A collection for each band that differs from those of others.
ALL_BANDS = {
    repr(band): (each.id, band.name)
    for each in CollectionsRegister().collections().values()
    for band in each.bands
}.values()


def array(cube):
    return Values(cube).array()


def test_values_are_of_a_bands_type_and_range_and_there_are_many(scene, example):
    for collection, name in ALL_BANDS:
        with example(collection, name):
            check_values(scene(name, collection=collection, size=40.0))


def check_values(cube):
    values = array(cube)
    (band,) = cube.bands

    assert values.shape == cube.shape
    assert values.dtype == cube.data_type
    assert values.min() >= band.minimum
    assert values.max() <= band.maximum
    # Whole degrees: the sun is in one place for all that an image shows. Made-up data are everywhere.
    one = band.unit == "deg" or band.name in ("dataMask", "precipitation-flux", "SNW", "SM")
    flags = any(word in (band.description or "") for word in ("in bits", "Quality of each", "Status"))
    few = band.classes or flags or band.maximum - band.minimum < 20
    assert len(np.unique(values)) > (0 if one else 1 if few and cube.data_type != "float32" else 3)
    if cube.nodata is not None:
        assert not (values == cube.nodata).any()


def test_a_cube_has_the_order_of_its_dimensions(scene):
    cube = scene("B04", "B08", times=("2024-06-01", "2024-07-01"))
    time, bands, y, x = cube.dimensions
    turned = replace(cube, dimensions=(x, time, y, bands))

    assert (array(turned) == array(cube).transpose(3, 0, 2, 1)).all()


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_windows_are_parts_of_the_whole(scene, data):
    cube = scene(
        "B04", "SCL", times=("2024-06-01", "2024-07-01"), box=(679_720, 5_151_080, 680_470, 5_151_990)
    )
    values, whole = Values(cube), array(cube)

    def part(length):
        start = data.draw(st.integers(0, length - 1))
        return slice(start, data.draw(st.integers(start + 1, length)), data.draw(st.integers(1, 40)))

    rows, columns = part(cube.grid.rows), part(cube.grid.columns)
    labels = {"t": data.draw(st.integers(0, 1)), "bands": data.draw(st.integers(0, 1))}
    window = values.window(labels, rows, columns)

    assert window.dtype == whole.dtype
    assert (window == whole[labels["t"], labels["bands"], rows, columns]).all()


def test_windows_are_for_data_cubes_with_a_grid(table):
    cube = table(Dimension("t", "temporal", ("2024-06-01",)))

    with pytest.raises(ValueError, match="grid"):
        Values(cube).window({}, slice(None), slice(None))


POINTS = [
    {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [11.3 + place, 46.5]}}
    for place in range(4)
]


def test_geometries_have_a_value_for_each_date_and_band(table):
    dimensions = [
        Dimension("geometry", "geometry", tuple(range(4))),
        Dimension("t", "temporal", ("2024-01-01", "2024-07-01")),
        Dimension("bands", "bands", ("B04", "B08")),
    ]
    cube = table(*dimensions, bands=("B04", "B08"), geometries=tuple(POINTS))
    values = array(cube)

    assert values.shape == (4, 2, 2)
    assert len(np.unique(values)) > 12
    # A geometry has the same values whatever others there are.
    assert (array(cube.at("geometry", 2)) == values[2:3]).all()


def test_geometries_that_are_unknown_have_values_all_the_same(table):
    dimension = Dimension("geometry", "geometry", tuple(range(3)))
    empty = {"type": "Feature", "properties": {}, "geometry": None}

    assert array(table(dimension, geometries=(empty,))).shape == (3,)


def test_labels_of_other_dimensions_make_a_difference(table):
    other = Dimension("result_meta", "other", ("value", "total_count", "valid_count"))
    time = Dimension("t", "temporal", ("2024-06-01",))

    assert len(np.unique(array(table(time, other)))) == 3


def test_data_cubes_without_space_have_numbers(table):
    months = tuple(f"2024-{month:02}-15" for month in range(1, 13))
    values = array(table(Dimension("t", "temporal", months), bands=("B08",)))

    assert values.shape == (12,)
    assert values[6] > values[0]


def test_a_data_cube_without_dimensions_is_a_number(table):
    assert array(table()).shape == ()


def test_data_cubes_may_be_empty(scene):
    assert array(scene("B04", times=())).shape == (0, 1, 200, 200)


def test_types_that_bands_share_hold_the_values_of_each(scene):
    cube = scene(bands=[*scene("SCL").bands, *scene("B04").bands])
    values = array(cube)

    assert values.dtype == "int16"
    assert values[0, 0].max() <= 11
    assert values[0, 1].max() > 100


ODD_RANGES = [
    Band("n", data_type="uint32", minimum=0, maximum=4_294_967_295),
    Band("n", data_type="int32", minimum=-2_147_483_648, maximum=2_147_483_647),
    Band("n", data_type="int64", minimum=-(2**60), maximum=2**60),
    Band("n", data_type="uint8", minimum=-100, maximum=1000),
    Band("n", data_type="float64", minimum=0.1, maximum=0.7),
    Band("n", data_type="float32", minimum=0.1, maximum=0.7),
    Band("n", data_type="float32", minimum=0.3, maximum=0.3),
    Band("n", data_type="uint8", minimum=3, maximum=3),
    Band("n", data_type="uint8", minimum=3, maximum=4, nodata=3),
    Band("n", data_type="int16", minimum=0.2, maximum=0.4),
    Band("n", data_type="float32", minimum=-1e30, maximum=1e30),
    Band("n", data_type="float32", minimum=1e20, maximum=1e30),
    Band("n", data_type="float32", unit="K", minimum=-73.15, maximum=66.85),
    Band("n", data_type="float32", unit="degC", minimum=-60, maximum=60),
    Band("DEM", data_type="float32", minimum=5000, maximum=9000),
    Band("VH", data_type="float32", minimum=-30, maximum=0),
    Band("NDWI", data_type="float32", minimum=-1, maximum=1),
    Band("LAI", data_type="float32", minimum=0, maximum=8),
    Band("slope", data_type="float32", unit="deg", minimum=0, maximum=90),
    Band("difference", "nir", data_type="float32", minimum=-10_000, maximum=10_000),
    Band("classes", data_type="uint8", classes={1: "", 2: "", 7: ""}, minimum=1, maximum=7),
    Band("classes", data_type="uint8", classes={0: "No data", 9: "Fill"}, nodata=0, minimum=0, maximum=9),
    Band("unknown"),
]


def test_odd_ranges_are_kept(scene, example):
    for band in ODD_RANGES:
        with example(band):
            check_range(array(scene(bands=[band], box=(679_720, 5_151_080, 680_220, 5_151_580))), band)


def check_range(values, band):
    low, high = (0, 1) if band.minimum is None else (band.minimum, band.maximum)
    if values.dtype.kind in "iu":
        limits = np.iinfo(values.dtype)
        # Where no whole number is, the nearest is.
        low, high = (
            (max(low, limits.min), min(high, limits.max)) if high - low >= 1 else (round(low), round(high))
        )
    if low == high:
        assert (values == values.dtype.type(low)).all()
    else:
        assert (values.astype(object) >= low).all()
        assert (values.astype(object) <= high).all()
    if band.classes:
        assert set(np.unique(values)) <= band.classes.keys()


def test_ranges_that_mean_nothing_have_values_that_do(scene):
    band = Band("ratio", data_type="float32", minimum=-1e30, maximum=1e30)

    assert np.abs(array(scene(bands=[band]))).max() <= 1


def test_what_is_too_large_is_refused_before_it_is_begun(scene):
    cube = scene("B04", box=(0, 0, 100_000, 100_000))
    assert cube.count > MAX_VALUES

    with pytest.raises(ProcessGraphComplexity, match="100,000,000 values is too large"):
        array(cube)
    # Its windows are not.
    assert Values(cube).window({}, slice(5000, 5010), slice(0, 7)).shape == (10, 7)


def test_large_data_cubes_are_put_together_seamlessly(scene):
    cube = scene("B04", box=(679_720, 5_151_080, 689_720, 5_156_080))
    whole = array(cube)[0, 0]

    assert (whole == Values(cube).window({}, slice(None), slice(None))).all()
