"""Answers of Web Map Services."""

from xml.etree import ElementTree

import pytest

NEW = {"": "http://www.opengis.net/wms", "xlink": "http://www.w3.org/1999/xlink"}
OLD = {"": "", "xlink": NEW["xlink"]}
HREF = "{http://www.w3.org/1999/xlink}href"
VERSIONS = ["1.1.1", "1.3.0"]

#: The test graph's area is in the middle of this one; west, south, east and north.
AREA = (4.95, 51.15, 5.15, 51.35)


def metres(degrees):
    return degrees * 20037508.342789244 / 180


def corners(*sides):
    return ",".join(map(str, sides))


@pytest.fixture
def wms(anonymous):
    """Ask a service, without a log-in as map clients do."""

    def ask(service_id, **query):
        return anonymous(f"GET /services/{service_id}/wms", params=query)

    return ask


@pytest.fixture
def get_map(wms, publish, png):
    """Get a map of a service of version 1.3.0."""
    published = []

    def get(**query):
        if not published:
            published.append(publish("WMS"))
        asked = {
            "SERVICE": "WMS",
            "VERSION": "1.3.0",
            "REQUEST": "GetMap",
            "LAYERS": "result",
            "STYLES": "",
            "CRS": "CRS:84",
            "BBOX": corners(*AREA),
            "WIDTH": "64",
            "HEIGHT": "48",
            "FORMAT": "image/png",
            "TRANSPARENT": "TRUE",
        }
        response = wms(
            published[0], **{name: value for name, value in (asked | query).items() if value is not None}
        )
        assert response.status_code == 200, response.text
        return png(response.content) if response.headers["Content-Type"] == "image/png" else response

    return get


@pytest.fixture
def assert_refused():
    """Check that a response is a service exception report."""

    def check(response, code, *words, version="1.3.0"):
        assert response.status_code == 200
        report = ElementTree.fromstring(response.content)
        media_type = response.headers["Content-Type"].partition(";")[0]
        space = "{http://www.opengis.net/ogc}" if version == "1.3.0" else ""
        assert media_type == ("text/xml" if version == "1.3.0" else "application/vnd.ogc.se_xml")
        assert (report.tag, report.get("version")) == (f"{space}ServiceExceptionReport", version)
        [exception] = report
        assert (exception.tag, exception.get("code")) == (f"{space}ServiceException", code)
        for word in words:
            assert word in exception.text

    return check


# -- capabilities -----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [*VERSIONS, "1.0.0", None])
@pytest.mark.parametrize("version", VERSIONS)
def test_capabilities_are_in_the_version_that_was_configured(wms, publish, version, asked):
    service_id = publish("WMS", configuration={"version": version})

    response = wms(
        service_id, service="WMS", request="GetCapabilities", **({"version": asked} if asked else {})
    )

    assert response.status_code == 200
    root = ElementTree.fromstring(response.content)
    media_type = response.headers["Content-Type"].partition(";")[0]
    assert (root.tag.rpartition("}")[2], root.get("version"), media_type) == {
        "1.1.1": ("WMT_MS_Capabilities", "1.1.1", "application/vnd.ogc.wms_xml"),
        "1.3.0": ("WMS_Capabilities", "1.3.0", "text/xml"),
    }[version]


@pytest.mark.parametrize(("version", "spaces"), [("1.1.1", OLD), ("1.3.0", NEW)])
def test_capabilities_describe_the_service(api, wms, publish, version, spaces):
    title, description = 'NDVI <June> & "July"', "Two\nlines\x0b"
    service_id = publish("WMS", title=title, description=description, configuration={"version": version})
    url = api(f"GET /services/{service_id}").json()["url"]

    root = ElementTree.fromstring(wms(service_id, request="GetCapabilities").content)

    layer = root.find("Capability/Layer", spaces)
    for element in (root.find("Service", spaces), layer):
        assert element.findtext("Title", None, spaces) == title
        assert element.findtext("Abstract", None, spaces) == "Two\nlines"
    assert layer.findtext("Name", None, spaces) == "result"
    assert layer.findtext("Style/Name", None, spaces) == "default"
    assert root.find("Service/OnlineResource", spaces).get(HREF) == url
    for operation in ("GetCapabilities", "GetMap"):
        place = f"Capability/Request/{operation}/DCPType/HTTP/Get/OnlineResource"
        assert root.find(place, spaces).get(HREF) == f"{url}?"
    assert root.findtext("Capability/Request/GetMap/Format", None, spaces) == "image/png"
    systems = {each.text for name in ("CRS", "SRS") for each in layer.findall(name, spaces)}
    assert systems == {"EPSG:3857", "EPSG:4326"} | ({"CRS:84"} if version == "1.3.0" else set())
    box = layer.find("BoundingBox" if version == "1.3.0" else "LatLonBoundingBox", spaces)
    assert [float(box.get(side)) for side in ("minx", "miny", "maxx", "maxy")] == [5.0, 51.2, 5.1, 51.3]


def test_without_a_title_it_is_called_by_its_id(wms, publish):
    service_id = publish("WMS")
    root = ElementTree.fromstring(wms(service_id, request="GetCapabilities").content)

    assert root.findtext("Service/Title", None, NEW) == service_id
    assert root.find("Service/Abstract", NEW) is None


# -- maps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1, 1), (640, 480), (4096, 2)])
def test_a_map_has_the_size_that_was_asked_for(get_map, width, height):
    image = get_map(WIDTH=width, HEIGHT=height)

    assert (image.width, image.height) == (width, height)


def test_there_is_something_to_see_inside_of_the_area_only(get_map):
    opaque = get_map(WIDTH=40, HEIGHT=40).opaque

    # The area is in another projection, in which its edges are not straight: they may be a pixel further.
    assert all(opaque[y][x] for x in range(10, 30) for y in range(10, 30))
    assert not any(opaque[y][x] for x in range(40) for y in range(40) if min(x, y) < 9 or max(x, y) > 30)


def test_the_axes_of_degrees_depend_on_the_system(get_map):
    west, south, east, north = AREA
    longitude_first = get_map()

    assert get_map(CRS="EPSG:4326", BBOX=corners(south, west, north, east)).rows == longitude_first.rows
    assert get_map(CRS="EPSG:4326").is_empty


def test_the_older_version_has_longitude_first_and_calls_it_srs(wms, publish, get_map, png):
    service_id = publish("WMS", configuration={"version": "1.1.1"})
    query = {"layers": "result", "styles": "default", "width": 40, "height": 40, "format": "image/png"}
    response = wms(
        service_id,
        version="1.1.1",
        request="GetMap",
        srs="EPSG:4326",
        bbox=corners(*AREA),
        transparent="true",
        **query,
    )

    image = png(response.content)
    assert image[20, 20][3] == 255
    assert image[5, 20][3] == image[20, 5][3] == 0


def test_web_mercator_shows_the_same_place(get_map):
    whole = 20037508.342789244
    world = corners(-whole, -whole, whole, whole)

    image = get_map(CRS="EPSG:3857", BBOX=world, WIDTH=512, HEIGHT=512)
    assert image.is_empty  # far too coarse for an area of a tenth of a degree
    west, _, east, _ = map(metres, AREA)
    north, south = 6681000, 6645000
    opaque = get_map(CRS="EPSG:3857", BBOX=corners(west, south, east, north), WIDTH=40, HEIGHT=40).opaque
    columns = [x for x in range(40) if opaque[20][x]]
    assert columns == list(range(columns[0], columns[-1] + 1))
    assert (columns[0], columns[-1]) == (pytest.approx(10, abs=1), pytest.approx(29, abs=1))


def test_a_map_of_two_tiles_is_those_tiles(wms, tile, publish, png):
    edge = 20037508.342789244
    level, column, row = 12, 2105, 1366
    size = 2 * edge / 2**level
    box = corners(
        column * size - edge, edge - (row + 1) * size, (column + 2) * size - edge, edge - row * size
    )
    query = {"layers": "result", "crs": "EPSG:3857", "format": "image/png", "transparent": "TRUE"}

    response = wms(
        publish("WMS"), request="GetMap", version="1.3.0", bbox=box, width=512, height=256, **query
    )

    tiles = publish()
    parts = [tile(tiles, f"{level}/{each}/{row}").pixels for each in (column, column + 1)]
    assert png(response.content).pixels == [[*left, *right] for left, right in zip(*parts, strict=True)]


def test_what_there_is_nothing_to_see_of_has_the_background(get_map):
    assert get_map(TRANSPARENT=None)[0, 0] == (255, 255, 255, 255)
    assert get_map(TRANSPARENT="FALSE", BGCOLOR="0x0010ff")[0, 0] == (0, 16, 255, 255)
    assert get_map(TRANSPARENT="TRUE", BGCOLOR="0x0010ff")[0, 0][3] == 0


@pytest.mark.parametrize(
    "area", [(-900, -500, -700, -300), (0, 91, 10, 99), (1e300, 1e300, 1.1e300, 1.1e300)]
)
def test_beyond_the_poles_is_nothing(get_map, area):
    assert get_map(BBOX=corners(*area)).is_empty


@pytest.mark.parametrize("far", ["1e300", "1e9"])
def test_beyond_the_projected_world_is_no_error(get_map, far):
    assert get_map(CRS="EPSG:3857", BBOX=f"0,0,{far},{far}").width == 64


def test_names_of_parameters_have_no_case(wms, publish):
    service_id = publish("WMS")

    assert b"WMS_Capabilities" in wms(service_id, SeRvIcE="wms", Request="GetCapabilities").content


# -- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ({"SERVICE": "WFS"}, None, ["WFS"]),
        ({"REQUEST": None}, "MissingParameterValue", ["REQUEST"]),
        ({"REQUEST": "GetFeatureInfo"}, "OperationNotSupported", ["GetMap", "GetFeatureInfo"]),
        ({"VERSION": None}, "MissingParameterValue", ["VERSION"]),
        ({"VERSION": "1.1.1"}, None, ["1.3.0", "1.1.1"]),
        ({"LAYERS": None}, "MissingParameterValue", ["LAYERS"]),
        ({"LAYERS": "other"}, "LayerNotDefined", ["'result'", "'other'"]),
        ({"LAYERS": "result,other"}, "LayerNotDefined", ["'other'"]),
        ({"STYLES": "bold"}, "StyleNotDefined", ["'default'", "'bold'"]),
        ({"CRS": None}, "MissingParameterValue", ["CRS"]),
        ({"CRS": "EPSG:32631"}, "InvalidCRS", ["EPSG:3857", "EPSG:32631"]),
        ({"BBOX": None}, "MissingParameterValue", ["BBOX"]),
        ({"BBOX": "1,2,3"}, None, ["four numbers"]),
        ({"BBOX": "1,2,3,x"}, None, ["four numbers"]),
        ({"BBOX": "1,2,nan,4"}, None, ["four numbers"]),
        ({"BBOX": "3,2,1,4"}, None, ["smaller"]),
        ({"BBOX": "1,2,1,4"}, None, ["smaller"]),
        ({"WIDTH": None}, "MissingParameterValue", ["WIDTH"]),
        ({"WIDTH": "0"}, None, ["WIDTH", "4096"]),
        ({"HEIGHT": "4097"}, None, ["HEIGHT", "4096"]),
        ({"HEIGHT": "1.5"}, None, ["HEIGHT"]),
        ({"FORMAT": None}, "MissingParameterValue", ["FORMAT"]),
        ({"FORMAT": "image/jpeg"}, "InvalidFormat", ["image/png", "image/jpeg"]),
        ({"BGCOLOR": "white"}, None, ["BGCOLOR", "white"]),
        ({"LAYERS": "<&>"}, "LayerNotDefined", ["<&>"]),
    ],
)
def test_requests_that_are_refused(get_map, assert_refused, query, code, words):
    assert_refused(get_map(**query), code, *words)


def test_the_older_version_refuses_in_its_own_way(wms, publish, assert_refused):
    service_id = publish("WMS", configuration={"version": "1.1.1"})
    query = {"layers": "result", "format": "image/png", "srs": "CRS:84"}

    response = wms(service_id, version="1.1.1", request="GetMap", **query)

    assert_refused(response, "InvalidSRS", "CRS:84", version="1.1.1")


def test_services_that_do_not_respond(api, wms, publish, assert_error):
    service_id = publish("WMS", enabled=False)

    assert_error(wms(service_id, request="GetCapabilities"), 404, "ServiceNotFound", "disabled")
    assert_error(wms(publish("XYZ"), request="GetCapabilities"), 404, "NotFound", "XYZ")
    assert_error(wms("s-1", request="GetCapabilities"), 404, "ServiceNotFound", "'s-1'")
