"""Coverage of items in space and time."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from handmade import collection_of, item_of, text, whole_item_of
from mock_backend.results.documents.assets import Product, ResultItem

JULY = "2024-07-01T00:00:00Z"
MADE = "2024-07-02T10:00:00Z"

longitudes = st.integers(-180, 180)
latitudes = st.integers(-90, 90)


@st.composite
def boxes(draw, *, crossing=st.just(False)):
    """Boxes in whole degrees, larger than nothing."""
    west, east = sorted(draw(st.lists(longitudes, min_size=2, max_size=2, unique=True)))
    south, north = sorted(draw(st.lists(latitudes, min_size=2, max_size=2, unique=True)))
    return (east, south, west, north) if draw(crossing) else (west, south, east, north)


instants = st.datetimes().map(lambda each: f"{each.replace(microsecond=0).isoformat()}Z")


def item(bbox=None, interval=(None, None), **more):
    return ResultItem("one", (text(),), bbox=bbox, interval=interval, **more)


def product_of(items):
    return Product(
        tuple(ResultItem(str(n), (), each.bbox, None, each.interval) for n, each in enumerate(items))
    )


def collection_box(*items):
    return collection_of(product_of(items))["extent"]["spatial"]["bbox"][0]


def collection_interval(*items):
    return collection_of(product_of(items))["extent"]["temporal"]["interval"][0]


class TestPlace:
    @settings(deadline=None)
    @given(boxes(crossing=st.booleans()))
    def test_the_geometry_is_the_box(self, bbox):
        document = item_of(item(bbox))
        west, south, east, north = bbox
        shape = shapely.geometry.shape(document["geometry"])

        assert document["bbox"] == list(bbox)
        assert shape.is_valid
        width = east - west if west < east else 360 + east - west
        assert shape.area == pytest.approx(width * (north - south))

    @pytest.mark.parametrize(
        ("bbox", "kind"),
        [
            ((5, 51, 5, 51), "Point"),
            ((5, 51, 6, 51), "LineString"),
            ((5, 51, 5, 52), "LineString"),
            ((5, 51, 6, 52), "Polygon"),
            ((179, -17, -179, -16), "MultiPolygon"),
            ((179, -17, -179, -17), "MultiLineString"),
            ((180, -17, -179, -16), "Polygon"),
            ((180, -17, -180, -16), "LineString"),
        ],
    )
    def test_the_kind_of_the_geometry(self, check_stac, bbox, kind):
        document = item_of(item(bbox))

        check_stac(document)
        assert document["geometry"]["type"] == kind
        assert shapely.geometry.shape(document["geometry"]).is_valid

    def test_a_geometry_of_its_own(self, check_stac):
        triangle = {"type": "Polygon", "coordinates": [[[5, 51], [6, 51], [5, 52], [5, 51]]]}
        document = item_of(item(geometry=triangle))

        check_stac(document)
        assert document["geometry"] == triangle
        assert document["bbox"] == [5, 51, 6, 52]

    def test_a_geometry_without_positions_is_no_place(self, check_stac):
        document = item_of(item(geometry={"type": "GeometryCollection", "geometries": []}))

        check_stac(document)
        assert document["geometry"] is None

    @settings(deadline=None)
    @given(st.lists(boxes(), min_size=1, max_size=5))
    def test_a_collection_is_around_its_items(self, found):
        assert collection_box(*map(item, found)) == list(
            shapely.unary_union([shapely.box(*each) for each in found]).bounds
        )

    @settings(deadline=None)
    @given(st.lists(boxes(crossing=st.booleans()), min_size=1, max_size=5))
    def test_whatever_is_in_an_item_is_in_its_collection(self, found):
        west, south, east, north = collection_box(*map(item, found))

        for left, bottom, right, top in found:
            assert south <= bottom
            assert top <= north
            for longitude in (left, right):
                assert longitude_in(longitude, west, east)
            if left > right:
                assert (west, east) == (-180, 180) or west > east

    def test_items_on_both_sides_of_the_antimeridian(self):
        crossing = item((177, -18, -179, -16))

        assert collection_box(crossing, item((178, -19, -178, -17))) == [177, -19, -178, -16]
        assert collection_box(crossing, item((10, 50, 11, 51))) == [-180, -18, 180, 51]

    def test_the_one_item_of_several_is_around_them_too(self):
        product = product_of([item((5, 51, 6, 52)), item((6, 50, 7, 51))])

        assert whole_item_of(product)["bbox"] == [5, 50, 7, 52]


def longitude_in(longitude, west, east):
    return west <= longitude <= east if west <= east else longitude >= west or longitude <= east


class TestTime:
    @pytest.mark.parametrize(
        ("interval", "expected"),
        [
            ((JULY, JULY), {"datetime": JULY}),
            (
                (JULY, "2024-07-31T00:00:00Z"),
                {"datetime": JULY, "start_datetime": JULY, "end_datetime": "2024-07-31T00:00:00Z"},
            ),
            ((JULY, None), {"datetime": JULY}),
            ((None, JULY), {"datetime": JULY}),
            ((None, None), {"datetime": MADE}),
            (("2024-07-01", "2024-07-01"), {"datetime": JULY}),
            (("2024-07-01T02:00:00+02:00",) * 2, {"datetime": JULY}),
            (("2024-07-01T00:00:00.5Z",) * 2, {"datetime": JULY}),
            (("summer", "winter"), {"datetime": MADE}),
        ],
    )
    def test_of_an_item(self, check_stac, interval, expected):
        document = item_of(item(interval=interval))

        check_stac(document)
        names = ("datetime", "start_datetime", "end_datetime")
        assert {name: document["properties"].get(name) for name in names} == dict.fromkeys(names) | expected

    @settings(deadline=None)
    @given(st.lists(st.tuples(instants, instants).map(sorted), min_size=1, max_size=5))
    def test_a_collection_lasts_as_long_as_its_items(self, intervals):
        found = collection_interval(*(item(interval=tuple(each)) for each in intervals))

        assert found == [min(start for start, _ in intervals), max(end for _, end in intervals)]

    def test_what_has_no_time_does_not_count(self):
        assert collection_interval(item(), item(interval=(JULY, JULY))) == [JULY, JULY]

    @pytest.mark.parametrize("interval", [(JULY, None), (None, JULY)])
    def test_an_interval_that_is_open_ends_where_it_is_known(self, interval):
        assert collection_interval(item(interval=interval)) == [JULY, JULY]
