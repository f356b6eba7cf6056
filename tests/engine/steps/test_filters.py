"""Parts of data cubes: periods, areas, bands, labels; and masks."""

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from mock_backend.errors import OpenEOError
from validation_cases.building import BOX, FEATURE, POLYGON, call, child, flow, graph, load, par, reducer, ref

UTM = {"west": 679720, "south": 5151080, "east": 680680, "north": 5151920, "crs": "EPSG:32632"}
SMALL = {"west": 680000, "south": 5151500, "east": 680100, "north": 5151600, "crs": "EPSG:32632"}
JUNE = ["2022-06-01", "2022-07-01"]
EVERYWHERE = load(spatial_extent=None, temporal_extent=JUNE)
#: A small area, a triangle that is half of it, and one that overlaps that.
PLOT = {"west": 5.0, "south": 51.2, "east": 5.005, "north": 51.205}
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2], [5.0049, 51.2001], [5.0048, 51.2047], [5.0, 51.2]]],
}
OTHER = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2047], [5.0047, 51.2], [5.005, 51.205], [5.0, 51.2047]]],
}
IN_PLOT = load(spatial_extent=PLOT, temporal_extent=JUNE)


def feature(geometry):
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def features(*geometries):
    return {"type": "FeatureCollection", "features": list(map(feature, geometries))}


def inside(cube, geometry):
    """Return which pixels have their centres within a geometry: columns by rows, as cubes have them here."""
    there = Transformer.from_crs(cube.grid.crs, "EPSG:4326", always_xy=True)
    xs, ys = there.transform(*np.meshgrid(cube.grid.xs, cube.grid.ys))
    return shapely.contains_xy(shapely.geometry.shape(geometry), xs, ys).T


def kept(cube, numbers, whole, there):
    """Tell whether a cube has the values of another one in some pixels, and none elsewhere."""
    left = round((cube.grid.west - whole.grid.west) / whole.grid.x_size)
    top = round((whole.grid.north - cube.grid.north) / whole.grid.y_size)
    part = numbers(whole)[left : left + cube.grid.columns, top : top + cube.grid.rows]
    expected = np.where(there.reshape(*there.shape, *(1,) * (part.ndim - 2)), part, np.nan)
    return np.array_equal(numbers(cube), expected, equal_nan=True)


@pytest.fixture
def source():
    return load(spatial_extent=UTM, temporal_extent=JUNE)


@pytest.mark.parametrize(
    ("extent", "dates", "period"),
    [
        (["2022-06-05", "2022-06-15"], ["05", "10"], ("2022-06-05T00:00:00Z", "2022-06-15T00:00:00Z")),
        (["2022-06-20", None], ["20", "25", "30"], ("2022-06-20T00:00:00Z", "2022-07-01T00:00:00Z")),
        ([None, "2022-06-06"], ["05"], ("2022-06-01T00:00:00Z", "2022-06-06T00:00:00Z")),
        (
            ["2020", "2023"],
            ["05", "10", "15", "20", "25", "30"],
            ("2022-06-01T00:00:00Z", "2022-07-01T00:00:00Z"),
        ),
    ],
)
def test_filter_temporal(after, source, extent, dates, period):
    cube = after(call("filter_temporal", extent=extent), source=source)

    assert cube.times == tuple(f"2022-06-{day}T00:00:00Z" for day in dates)
    assert cube.period == period


def test_a_period_of_a_few_days_without_dates_has_its_first_one(after, source):
    cube = after(call("filter_temporal", extent=["2022-06-01", "2022-06-03"]), source=source)

    assert cube.times == ("2022-06-01T00:00:00Z",)


@pytest.mark.parametrize("extent", [["2023-06-01", "2023-07-01"]])
def test_a_period_without_dates_has_no_data(after, source, extent):
    with pytest.raises(OpenEOError, match="2022-06-05T00:00:00Z") as raised:
        after(call("filter_temporal", extent=extent), source=source)
    assert raised.value.openeo_code == "NoDataAvailable"


def test_filtering_periods_of_a_calendar(after, source):
    weeks = call("aggregate_temporal_period", period="week", reducer=reducer())

    cube = after(weeks, call("filter_temporal", extent=["2022-06-06", "2022-06-20"]), source=source)

    assert cube.times == ("2022-23", "2022-24")


def test_filter_bbox(after, source):
    grid = after(call("filter_bbox", extent=SMALL), source=source).grid

    assert grid.bounds == (680000, 5151500, 680100, 5151600)
    assert (grid.columns, grid.rows) == (10, 10)


def test_filter_bbox_touches_whole_pixels(after, source):
    extent = {"west": 680004, "south": 5151503, "east": 680096, "north": 5151598, "crs": 32632}

    assert after(call("filter_bbox", extent=extent), source=source).grid.bounds == (
        680000,
        5151500,
        680100,
        5151600,
    )


def test_of_a_collection_loaded_everywhere_the_area_counts(outcome):
    whole = outcome(flow(call("filter_bbox", extent=UTM), source=EVERYWHERE))
    part = outcome(graph(load=load(spatial_extent=UTM, temporal_extent=JUNE)))

    assert whole.saved[0].content == part.saved[0].content
    assert whole.input_pixels == part.input_pixels == 96 * 84 * 6 * 2


@pytest.mark.parametrize(
    "steps",
    [
        [call("filter_bbox", extent=UTM), call("ndvi")],
        [call("ndvi"), call("filter_bbox", extent=UTM)],
        [
            call("filter_temporal", extent=["2022-01-01", "2023-01-01"]),
            call("ndvi"),
            call("filter_bbox", extent=UTM),
        ],
    ],
)
def test_the_area_may_be_chosen_late(outcome, steps):
    found = outcome(flow(*steps, source=EVERYWHERE))

    assert found.saved[0].content.sizes == {"x": 96, "y": 84, "t": 6}
    assert found.input_pixels == 96 * 84 * 6 * 2


def test_filter_spatial(after, numbers):
    source = load("COPERNICUS_30", spatial_extent=None, bands=None)
    cube = after(call("filter_spatial", geometries=feature(TRIANGLE)), source=source)
    whole = after(call("filter_bbox", extent=PLOT), source=source)

    assert cube.grid.bounds == pytest.approx((5.0, 51.2, 5.005, 51.205), abs=1e-3)
    assert 0.3 < inside(cube, TRIANGLE).mean() < 0.7
    assert kept(cube, numbers, whole, inside(cube, TRIANGLE))


def test_filter_spatial_by_a_vector_cube(content, numbers):
    nodes = {"v": call("load_geojson", data=feature(TRIANGLE)), "l": IN_PLOT}
    cube = content(graph(**nodes, f=call("filter_spatial", data=ref("l"), geometries=ref("v"))))

    assert kept(cube, numbers, content(graph(l=IN_PLOT)), inside(cube, TRIANGLE))


@pytest.mark.parametrize("process_id", ["filter_bbox", "filter_spatial"])
def test_an_area_elsewhere_has_no_data(after, process_id):
    elsewhere = {"west": 6.0, "south": 51.2, "east": 6.1, "north": 51.3}
    ring = [[6.0, 51.2], [6.1, 51.2], [6.1, 51.3], [6.0, 51.2]]
    arguments = (
        {"extent": elsewhere}
        if process_id == "filter_bbox"
        else {"geometries": {"type": "Polygon", "coordinates": [ring]}}
    )
    with pytest.raises(OpenEOError, match="do not meet") as raised:
        after(call(process_id, **arguments))
    assert raised.value.openeo_code == "NoDataAvailable"


def test_unknown_coordinate_systems_are_refused(after):
    with pytest.raises(OpenEOError, match="'extent' in process 'filter_bbox'") as raised:
        after(call("filter_bbox", extent=BOX | {"crs": "EPSG:999999"}))
    assert raised.value.openeo_code == "ProcessParameterInvalid"


@pytest.mark.parametrize(
    ("arguments", "bands"),
    [
        ({"bands": ["B08"]}, ["B08"]),
        ({"bands": ["nir", "red"]}, ["B08", "B04"]),
        ({"bands": [], "wavelengths": [[0.6, 0.7]]}, ["B04"]),
        ({"bands": ["nir"], "wavelengths": [[0.4, 0.5], [0.6, 0.7]]}, ["B08", "B02", "B04"]),
    ],
)
def test_filter_bands(after, arguments, bands):
    cube = after(call("filter_bands", **arguments), source=load(bands=["B02", "B04", "B08"]))

    assert [each.name for each in cube.bands] == list(cube.of_kind("bands").labels) == bands
    assert cube.bands[0].common_name is not None


def test_wavelengths_that_no_band_has(after):
    with pytest.raises(OpenEOError, match="wavelength") as raised:
        after(call("filter_bands", bands=[], wavelengths=[[10, 20]]))
    assert raised.value.openeo_code == "NoDataAvailable"


def test_wavelengths_of_bands_that_tell_none(after):
    cube = after(
        call("filter_bands", wavelengths=[[10, 20]]), source=load("SENTINEL1_GRD", bands=["VV", "VH"])
    )

    assert [each.name for each in cube.bands] == ["VV", "VH"]


@pytest.mark.parametrize(
    ("dimension", "condition", "labels"),
    [
        ("bands", call("eq", x=par("value"), y="B04"), ["B04"]),
        ("bands", call("neq", x=par("value"), y="B04"), ["B08"]),
        ("bands", call("text_ends", data=par("value"), pattern="8"), ["B08"]),
        ("t", call("text_begins", data=par("value"), pattern="2022-06-05"), ["2022-06-05T00:00:00Z"]),
        (
            "t",
            call("date_between", x=par("value"), min="2022-06-10", max="2022-06-15"),
            ["2022-06-10T00:00:00Z", "2022-06-15T00:00:00Z"],
        ),
    ],
)
def test_filter_labels(after, source, dimension, condition, labels):
    cube = after(call("filter_labels", dimension=dimension, condition=child(c=condition)), source=source)

    (found,) = (each for each in cube.dimensions if each.name == dimension)
    assert list(found.labels) == labels


def test_no_label_left(after, source):
    condition = child(c=call("eq", x=par("value"), y="none"))
    with pytest.raises(OpenEOError, match="'bands'") as raised:
        after(call("filter_labels", dimension="bands", condition=condition), source=source)
    assert raised.value.openeo_code == "NoDataAvailable"


@pytest.mark.parametrize("replacement", [None, 7, -40_000])
def test_mask(content, numbers, replacement):
    over = child(c=call("gt", x=par("x"), y=4))
    bands = load(spatial_extent=UTM, temporal_extent=JUNE)
    classes = load(bands=["SCL"], spatial_extent=UTM, temporal_extent=JUNE)
    cube = content(
        graph(
            l=bands,
            s=classes,
            m=call("apply", data=ref("s"), process=over),
            r=call("mask", data=ref("l"), mask=ref("m"), replacement=replacement),
        )
    )
    plain = content(graph(l=bands))
    # Pixels of classes are twice as wide.
    hidden = (numbers(content(graph(s=classes))) > 4).repeat(2, axis=0).repeat(2, axis=1)

    assert cube.dimensions == plain.dimensions
    # A data type that holds what is put there.
    assert cube.data_type == ("int32" if replacement == -40_000 else "int16")
    assert 0 < hidden.mean() < 1
    other = np.nan if replacement is None else replacement
    assert np.array_equal(numbers(cube), np.where(hidden, other, numbers(plain)), equal_nan=True)


def test_mask_polygon(after, numbers):
    whole = after(source=IN_PLOT)
    cube = after(call("mask_polygon", mask=TRIANGLE), source=IN_PLOT)
    other = after(call("mask_polygon", mask=TRIANGLE, inside=True), source=IN_PLOT)

    assert cube.grid == other.grid == whole.grid
    assert kept(cube, numbers, whole, inside(whole, TRIANGLE))
    assert kept(other, numbers, whole, ~inside(whole, TRIANGLE))


def test_masks_add_up(after, numbers):
    cube = after(
        call("mask_polygon", mask=TRIANGLE), call("filter_spatial", geometries=OTHER), source=IN_PLOT
    )
    there = inside(cube, TRIANGLE) & inside(cube, OTHER)

    assert 0.1 < there.mean() < 0.4
    assert kept(cube, numbers, after(source=IN_PLOT), there)


def test_a_replacement_is_data(after, numbers):
    whole = after(source=IN_PLOT)
    cube = after(call("mask_polygon", mask=TRIANGLE, replacement=0), source=IN_PLOT)

    there = inside(whole, TRIANGLE)[:, :, None, None]
    assert np.array_equal(numbers(cube), np.where(there, numbers(whole), 0))


def test_several_polygons_are_one_mask(after, numbers):
    multi = {"type": "MultiPolygon", "coordinates": [OTHER["coordinates"]]}
    cube = after(call("filter_spatial", geometries=features(TRIANGLE, multi)), source=IN_PLOT)

    there = inside(cube, TRIANGLE) | inside(cube, OTHER)
    assert 0.6 < there.mean() < 0.9
    assert kept(cube, numbers, after(source=IN_PLOT), there)


def test_different_geometries_are_one_place(after, numbers):
    point = {"type": "Point", "coordinates": [5.004, 51.204]}

    cube = after(call("filter_spatial", geometries=features(TRIANGLE, point)), source=IN_PLOT)

    assert cube.grid.pixels > 100
    # Not just one of them is all there is.
    assert not np.isnan(numbers(cube)).any()


def test_areas_that_are_none(after):
    nowhere = {"type": "FeatureCollection", "features": []}

    assert after(call("filter_spatial", geometries=nowhere)) == after()
    assert after(call("mask_polygon", mask=nowhere)) == after()


def test_a_mask_everywhere_is_the_area(after):
    everywhere = load("COPERNICUS_30", spatial_extent=None, bands=None)

    cube = after(call("mask_polygon", mask=POLYGON), source=everywhere)

    assert cube.grid.bounds == pytest.approx((5.0, 51.2, 5.1, 51.3))


def test_vector_cubes_are_filtered_by_their_geometries(content):
    far = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [50, 50]}}
    features = {"type": "FeatureCollection", "features": [far, FEATURE]}
    nodes = {"v": call("load_geojson", data=features)}

    cube = content(graph(**nodes, f=call("filter_bbox", data=ref("v"), extent=BOX)))
    other = content(
        graph(
            **nodes,
            w=call("load_geojson", data=FEATURE),
            f=call("filter_vector", data=ref("v"), geometries=ref("w")),
        )
    )

    assert cube.geometries == other.geometries == (FEATURE,)
    assert cube.sizes == other.sizes == {"geometry": 1}


def test_geometries_that_are_not_fully_within_a_box_are_left_out(content):
    points = {"in": (178.5, 1), "there, too": (-179.5, 1), "on its edge": (178, 1), "out": (170, 1)}
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [*at]}}
        for name, at in points.items()
    ]
    line = {"type": "LineString", "coordinates": [[178.5, 1], [178.5, 5]]}
    features.append({"type": "Feature", "properties": {"name": "partly"}, "geometry": line})
    box = {"west": 178, "south": 0, "east": -179, "north": 2}

    cube = content(
        graph(
            v=call("load_geojson", data={"type": "FeatureCollection", "features": features}),
            f=call("filter_bbox", data=ref("v"), extent=box),
        )
    )

    assert [each["properties"]["name"] for each in cube.geometries] == ["in", "there, too"]


#: Polygons, lines and points by their relations to the unit square.
GEOMETRIES = {
    "itself": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]},
    "inside": {"type": "Point", "coordinates": [0.5, 0.5]},
    "around": {"type": "Polygon", "coordinates": [[[-1, -1], [2, -1], [2, 2], [-1, 2], [-1, -1]]]},
    "beside": {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]},
    "across": {"type": "LineString", "coordinates": [[-1, 0.5], [2, 0.5]]},
    "partly": {"type": "Polygon", "coordinates": [[[0.5, 0.5], [2, 0.5], [2, 2], [0.5, 2], [0.5, 0.5]]]},
    # In the box around it, and yet elsewhere.
    "in its box": {"type": "Point", "coordinates": [1.25, 1.9]},
    "nothing": None,
}


@pytest.mark.parametrize(
    ("relation", "kept"),
    [
        (None, {"itself", "inside", "around", "beside", "across", "partly"}),
        ("intersects", {"itself", "inside", "around", "beside", "across", "partly"}),
        ("disjoint", {"in its box"}),
        ("equals", {"itself"}),
        ("touches", {"beside"}),
        ("crosses", {"across"}),
        ("overlaps", {"partly"}),
        ("contains", {"itself", "around"}),
        ("within", {"itself", "inside"}),
    ],
)
def test_filter_vector(content, relation, kept):
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": each}
        for name, each in GEOMETRIES.items()
    ]
    # Of two bases the union counts: a part of the square, and the rest of it.
    halves = [
        {"type": "Polygon", "coordinates": [[[x, 0], [x + 0.5, 0], [x + 0.5, 1], [x, 1], [x, 0]]]}
        for x in (0, 0.5)
    ]
    bases = [{"type": "Feature", "properties": {}, "geometry": each} for each in halves]
    named = {} if relation is None else {"relation": relation}

    cube = content(
        graph(
            v=call("load_geojson", data={"type": "FeatureCollection", "features": features}),
            w=call("load_geojson", data={"type": "FeatureCollection", "features": bases}),
            f=call("filter_vector", data=ref("v"), geometries=ref("w"), **named),
        )
    )

    assert {each["properties"]["name"] for each in cube.geometries} == kept


def _ring(box):
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
