"""Coordinate systems by whatever names people have for them."""

import pytest
from pyproj import CRS

from mock_backend.engine.cubes import UnknownCrsError
from mock_backend.engine.cubes.projection import (
    area_of_use,
    bounds_in,
    crs_name,
    epsg_of,
    is_geographic,
    utm_zone,
)


@pytest.mark.parametrize(
    "given",
    [
        32632,
        "32632",
        "EPSG:32632",
        "epsg:32632",
        "+proj=utm +zone=32 +datum=WGS84 +units=m +no_defs +type=crs",
        CRS.from_epsg(32632).to_wkt(),
        CRS.from_epsg(32632).to_json_dict(),
        "urn:ogc:def:crs:EPSG::32632",
    ],
)
def test_names(given):
    assert crs_name(given) == "EPSG:32632"


def test_no_name_is_for_degrees():
    assert crs_name(None) == "EPSG:4326"


def test_systems_that_are_in_no_register_have_their_wkt():
    name = crs_name("+proj=laea +lat_0=10 +lon_0=20 +type=crs")

    assert name.startswith("PROJCRS[")
    assert epsg_of(name) is None
    assert crs_name(name) == name
    assert not is_geographic(name)


@pytest.mark.parametrize(
    "given", ["EPSG:999999", 999999, "", "nonsense", {"type": "GeographicCRS"}, True, 1.5, []]
)
def test_what_is_none(given):
    with pytest.raises(UnknownCrsError):
        crs_name(given)


@pytest.mark.parametrize(
    ("longitude", "latitude", "zone"),
    [
        (5.0, 51.0, 32631),
        (11.35, 46.5, 32632),
        (-180.0, 1.0, 32601),
        (180.0, 1.0, 32601),
        (179.9, -1.0, 32760),
        (190.0, 1.0, 32602),
        (5.0, 60.0, 32632),
        (2.9, 60.0, 32631),
        (10.0, 78.0, 32633),
        (8.9, 78.0, 32631),
        (-70.0, -33.0, 32719),
    ],
)
def test_zones_of_utm(longitude, latitude, zone):
    assert utm_zone(longitude, latitude) == f"EPSG:{zone}"


def test_boxes_in_another_system():
    box = (679720.0, 5151080.0, 680680.0, 5151920.0)
    degrees = bounds_in(box, "EPSG:32632", "EPSG:4326")

    assert degrees == pytest.approx((11.3417556, 46.489054532, 11.354579832, 46.496864547), abs=1e-8)
    assert bounds_in(box, "EPSG:32632", "EPSG:32632") == box
    west, south, east, north = bounds_in(degrees, "EPSG:4326", "EPSG:32632")
    assert west <= box[0] <= box[2] <= east
    assert south <= box[1] <= box[3] <= north


def test_boxes_beyond_their_system():
    with pytest.raises(UnknownCrsError, match="EPSG:4326"):
        bounds_in((0, 95, 1, 96), "EPSG:4326", "EPSG:32632")


def test_degrees():
    assert is_geographic("EPSG:4326")
    assert is_geographic("EPSG:4258")
    assert not is_geographic("EPSG:32632")


def test_where_systems_are_used():
    assert area_of_use("EPSG:32632") == pytest.approx((6, 0, 12, 84), abs=0.1)
    assert area_of_use(crs_name("+proj=laea +lat_0=10 +type=crs")) is None
