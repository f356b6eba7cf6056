"""Values: where they lie, what they follow from, and what they have in common."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.core.file_values import MAX_VALUES, Values
from mock_backend.engine.cubes import Dimension, Grid
from mock_backend.errors import ProcessGraphComplexity

BANDS = {
    band.name: band
    for each in CollectionsRegister().collections().values()
    if each.id == "SENTINEL2_L2A"
    for band in each.bands
}
#: A collection for each band that differs from those of others.
ALL_BANDS = {
    repr(band): (each.id, band.name)
    for each in CollectionsRegister().collections().values()
    for band in each.bands
}.values()


def array(cube):
    return Values(cube).array()


@pytest.mark.parametrize(("collection", "name"), ALL_BANDS)
def test_values_are_of_a_bands_type_and_range_and_there_are_many(scene, collection, name):
    cube = scene(name, collection=collection, size=40.0)
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


SIZES = {"EPSG:32632": (10.0, 60.0), "EPSG:4326": (0.0001, 1 / 3600, 0.05), "EPSG:3035": (20.0,)}
PLACES = {"EPSG:32632": (680_000, 5_151_000), "EPSG:4326": (11.3, 46.5), "EPSG:3035": (4_400_000, 2_600_000)}


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_grids_that_overlap_agree(scene, data):
    crs = data.draw(st.sampled_from(sorted(SIZES)))
    size = data.draw(st.sampled_from(SIZES[crs]))
    # Grids that share pixels need not begin at multiples of their resolution.
    share = data.draw(st.sampled_from((0.0, 0.5, 0.25)))
    first = [round(each / size) for each in PLACES[crs]]
    band = data.draw(st.sampled_from(("B08", "SCL")))
    parts = []
    for _ in range(2):
        column, row = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
        columns, rows = data.draw(st.integers(21, 40)), data.draw(st.integers(21, 40))
        west, north = (first[0] + column + share) * size, (first[1] - row + share) * size
        grid = Grid(crs, west, north, size, size, columns, rows)
        values = array(scene(band, grid=grid))[0, 0]
        parts.append((row, column, values))

    top, left = max(row for row, _, _ in parts), max(column for _, column, _ in parts)
    bottom = min(row + len(values) for row, _, values in parts)
    right = min(column + values.shape[1] for _, column, values in parts)
    one, other = (
        values[top - row : bottom - row, left - column : right - column] for row, column, values in parts
    )

    assert one.size
    assert (one == other).all()


def test_other_resolutions_show_the_same_place(scene, ndvi):
    fine = array(scene(bands=[ndvi], size=10.0))[0, 0]
    coarse = array(scene(bands=[ndvi], size=20.0))[0, 0]
    averaged = fine.reshape(100, 2, 100, 2).mean(axis=(1, 3))

    assert np.corrcoef(averaged.ravel(), coarse.ravel())[0, 1] > 0.9


def test_other_coordinate_systems_show_the_same_place(scene, ndvi):
    from pyproj import Transformer

    metres = scene(bands=[ndvi])
    there = Transformer.from_crs(metres.grid.crs, "EPSG:4326", always_xy=True)
    longitudes, latitudes = there.transform(*np.meshgrid(metres.grid.xs, metres.grid.ys))
    box = longitudes.min(), latitudes.min(), longitudes.max(), latitudes.max()
    degrees = scene(bands=[ndvi], box=box, crs="EPSG:4326", size=0.0001)
    columns = ((longitudes - degrees.grid.west) / 0.0001).astype(int)
    rows = ((degrees.grid.north - latitudes) / 0.0001).astype(int)
    seen = array(degrees)[0, 0][rows, columns]

    assert np.corrcoef(seen.ravel(), array(metres).ravel())[0, 1] > 0.9


def test_landscapes_are_smooth(scene, ndvi):
    values = array(scene(bands=[ndvi], collection="x"))[0, 0]
    land = values > 0
    steps = np.abs(np.diff(values, axis=1))[land[:, 1:] & land[:, :-1]]

    assert values.std() > 0.05
    assert steps.max() < 0.1


def test_places_where_a_coordinate_system_ends_have_values(scene):
    cube = scene("B04", box=(-2e7, -2e7, 2e7, 2e7), crs="EPSG:3035", size=5e5)

    assert (array(cube) >= 0).all()


def test_seasons_change_what_grows(scene, ndvi):
    times = ("2024-01-15T00:00:00Z", "2024-07-15T00:00:00Z")
    north = array(scene(bands=[ndvi], times=times)).mean(axis=(1, 2, 3))
    south = array(
        scene(bands=[ndvi], times=times, box=(300_000, 6_250_000, 302_000, 6_252_000), crs="EPSG:32756")
    ).mean(axis=(1, 2, 3))

    assert north[1] > north[0] + 0.1
    assert south[0] > south[1] + 0.1


def test_the_period_is_the_season_of_a_cube_without_time(scene, ndvi):
    winter, summer = (
        array(scene(bands=[ndvi], times=None, period=period)).mean()
        for period in (("2024-01-01", "2024-02-01"), ("2024-07-01", "2024-08-01"))
    )

    assert summer > winter + 0.1


def test_spans_are_the_seasons_of_labels_that_are_no_dates(scene, ndvi):
    spans = {"first": ("2024-01-01", "2024-02-01"), "second": ("2024-07-01", "2024-08-01")}
    winter, summer = array(scene(bands=[ndvi], times=("first", "second"), spans=spans)).mean(axis=(1, 2, 3))

    assert summer > winter + 0.1


@pytest.mark.parametrize("other", [{"times": ("2024-06-02T00:00:00Z",)}, {"bands": [BANDS["B05"]]}])
def test_values_follow_from_time_and_band(scene, other):
    values, others = array(scene("B04")), array(scene("B04", **other))

    assert (values != others).mean() > 0.5
    assert np.corrcoef(values.ravel(), others.ravel())[0, 1] > 0.8


def test_bands_keep_their_values_under_other_names(scene):
    renamed = scene(bands=[replace(BANDS["B04"], name="red")])

    assert (array(renamed) == array(scene("B04"))).all()


def test_another_seed_is_another_earth(scene):
    values, others = array(scene("B04", seed=1)), array(scene("B04", seed=2))

    assert (values != others).mean() > 0.9
    assert abs(np.corrcoef(values.ravel(), others.ravel())[0, 1]) < 0.9


TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[11.345, 46.492], [11.366, 46.492], [11.355, 46.505], [11.345, 46.492]]],
}


@pytest.mark.parametrize(("name", "nothing"), [("B04", -32_768), ("SCL", 0)])
def test_there_is_nothing_outside_of_within(scene, name, nothing):
    import shapely
    from pyproj import Transformer

    cube = scene(name)
    inside = array(scene(name, within=TRIANGLE))[0, 0]
    there = Transformer.from_crs(cube.grid.crs, "EPSG:4326", always_xy=True)
    xs, ys = there.transform(*np.meshgrid(cube.grid.xs, cube.grid.ys))
    expected = shapely.contains_xy(shapely.geometry.shape(TRIANGLE), xs, ys)

    assert 0.1 < expected.mean() < 0.9
    # Straight lines in degrees are hardly curved over two kilometres.
    assert ((inside != nothing) == expected).mean() > 0.999
    assert (inside == np.where(inside != nothing, array(cube)[0, 0], nothing)).all()


def test_what_is_nothing_follows_from_the_type(scene):
    none = Band("count", data_type="uint8", minimum=5, maximum=9)
    real = Band("mean", data_type="float32", minimum=5, maximum=9)

    assert (array(scene(bands=[none], within=TRIANGLE))[..., 0, 0] == 0).all()
    assert np.isnan(array(scene(bands=[real], within=TRIANGLE))[..., 0, 0]).all()


@pytest.mark.parametrize(
    "within",
    [
        {"type": "Feature", "properties": {}, "geometry": TRIANGLE},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": TRIANGLE}]},
        {"type": "MultiPolygon", "coordinates": [TRIANGLE["coordinates"]]},
    ],
)
def test_within_is_geojson_of_any_kind(scene, within):
    assert (array(scene("B04", within=within)) == array(scene("B04", within=TRIANGLE))).all()


def test_geometries_on_the_other_side_of_the_antimeridian_are_within(scene):
    ring = [[-179.999, -17.0], [-179.99, -17.0], [-179.99, -16.9], [-179.999, -16.9], [-179.999, -17.0]]
    grid = Grid("EPSG:4326", 179.99, -16.95, 0.001, 0.001, 20, 3)
    values = array(scene("B04", grid=grid, within={"type": "Polygon", "coordinates": [ring]}))[0, 0]

    assert ((values != -32_768).nonzero()[1] == [*range(11, 20)] * 3).all()


POINT = {"type": "Point", "coordinates": [11.0, 46.0]}
BOW = [[11.345, 46.492], [11.366, 46.505], [11.366, 46.492], [11.345, 46.505], [11.345, 46.492]]


def test_collections_of_geometries_have_the_areas_of_their_parts(scene):
    collection = {"type": "GeometryCollection", "geometries": [TRIANGLE, POINT, TRIANGLE]}

    assert (array(scene("B04", within=collection)) == array(scene("B04", within=TRIANGLE))).all()


def test_geometries_that_cross_themselves_have_areas(scene):
    there = array(scene("B04", within={"type": "Polygon", "coordinates": [BOW]})) != -32_768

    assert 0.1 < there.mean() < 0.5


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:3035", "EPSG:3857"])
def test_all_of_the_earth_is_within(scene, crs):
    box = {"EPSG:3035": (4_400_000, 2_600_000, 4_401_000, 2_601_000)}.get(
        crs, (680_000, 5_151_000, 681_000, 5_152_000)
    )
    ring = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
    cube = scene("B04", crs=crs, box=box, within={"type": "Polygon", "coordinates": [ring]})

    assert (array(cube) != -32_768).all()


@pytest.mark.parametrize(
    ("within", "some"),
    [
        ({"type": "Point", "coordinates": [11.355, 46.495]}, True),
        ({"type": "LineString", "coordinates": [[11.345, 46.492], [11.366, 46.503]]}, True),
        ({"type": "Polygon", "coordinates": []}, False),
        ({"type": "Point", "coordinates": [0, 0]}, False),
        ({"type": "Feature", "properties": {}, "geometry": None}, False),
    ],
)
def test_points_are_as_wide_as_a_pixel_and_what_is_elsewhere_leaves_nothing(scene, within, some):
    there = array(scene("B04", within=within)) != -32_768

    assert there.any() == some
    assert there.mean() < 0.02


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 150), st.integers(0, 150), st.integers(1, 50), st.integers(1, 50))
def test_windows_of_what_is_within_are_parts_of_the_whole(scene, row, column, rows, columns):
    cube = scene("B04", within=TRIANGLE)
    window = slice(row, row + rows), slice(column, column + columns)

    assert (Values(cube).window({}, *window) == array(cube)[0, 0][window]).all()


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


@pytest.mark.parametrize(
    "band",
    [
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
    ],
    ids=lambda band: f"{band.name}-{band.data_type}-{band.minimum}",
)
def test_odd_ranges_are_kept(scene, band):
    values = array(scene(bands=[band], box=(679_720, 5_151_080, 680_220, 5_151_580)))
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


def test_the_same_values_are_made_everywhere(scene, ndvi):
    """These sums come from one machine; any other has to find the same."""
    import hashlib

    times = ("2024-06-01T00:00:00Z", "2024-12")
    cubes = {
        "reflectance": scene("B02", "B08", "SCL", times=times, seed=3),
        "index": scene(bands=[ndvi], times=times, within=TRIANGLE, seed=3),
        "height": scene(
            "DEM", collection="COPERNICUS_30", crs="EPSG:4326", box=(11, 46, 11.1, 46.1), size=1 / 3600
        ),
        "radar": scene("VV", "VH", collection="SENTINEL1_GRD", seed=3),
        "decibels": scene(bands=[Band("VV", data_type="float32", minimum=-40, maximum=10)]),
        "weather": scene(
            "temperature-max",
            "precipitation-flux",
            collection="AGERA5",
            crs="EPSG:4326",
            box=(0, 40, 9, 49),
            size=0.1,
        ),
        "pole": scene(bands=[ndvi], crs="EPSG:3413", box=(-1e5, -1e5, 1e5, 1e5), size=500.0),
    }
    sums = {name: hashlib.sha256(array(cube).tobytes()).hexdigest()[:16] for name, cube in cubes.items()}

    assert sums == {
        "reflectance": "8a72d3850ae3c18f",
        "index": "e8202403a2210641",
        "height": "0ab87ab6c9e7f3b2",
        "radar": "ce42aeb6c58412c3",
        "decibels": "f301af19cc6d2a74",
        "weather": "530a8049198979e9",
        "pole": "ae7c32f99e994c93",
    }
