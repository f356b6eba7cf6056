"""Parts of data cubes: periods, boxes, bands and labels."""

import pytest

from engine_cases.reflectances import JUNE, SMALL, UTM
from mock_backend.errors import OpenEOError
from validation_cases.building import BOX, call, child, flow, graph, load, par, reducer

EVERYWHERE = load(spatial_extent=None, temporal_extent=JUNE)


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
