"""Answers of services of map tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.api.services.tiles import MAX_ZOOM, tile_address
from mock_backend.errors import RequestInvalid

#: The tile of this zoom level with the middle of the area of the tests' process graph.
INSIDE = "12/2105/1366"
OUTSIDE = "12/2105/1300"


@pytest.mark.parametrize("size", [256, 512])
def test_a_tile_has_the_size_that_was_configured(tile, publish, size):
    image = tile(publish(configuration={"tile_size": size}), "0/0/0")

    assert (image.width, image.height) == (size, size)


def test_a_size_may_be_written_with_a_decimal_point(tile, publish):
    assert tile(publish(configuration={"tile_size": 512.0}), "0/0/0").width == 512


def test_the_url_is_a_template_for_tiles(api, anonymous, wide):
    url = api(f"GET /services/{wide}").json()["url"]
    plain = anonymous("GET " + url.format(z=3, x=4, y=2))

    assert plain.status_code == 200
    assert plain.content == anonymous("GET " + url.format(z=3, x=4, y=2) + ".png").content
    head = anonymous("HEAD " + url.format(z=3, x=4, y=2))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(plain.content))


def test_there_is_something_to_see_inside_of_the_area_only(tile, publish):
    service_id = publish()

    assert len(tile(service_id, INSIDE).colours) > 10
    assert tile(service_id, OUTSIDE).is_empty


def test_the_edge_of_the_area_is_where_it_should_be(tile, publish):
    # The whole of zoom level 0 is too coarse; at 9 a pixel is 0.0027 degrees wide.
    opaque = tile(publish(), "9/263/170").opaque
    seen = [x for x in range(256) if any(row[x] for row in opaque)]
    west = 360 * 263 / 512 - 180

    # The area is in another projection, in which its edges are not straight.
    assert west + seen[0] * 360 / 512 / 256 == pytest.approx(5.0, abs=0.006)
    assert west + (seen[-1] + 1) * 360 / 512 / 256 == pytest.approx(5.1, abs=0.006)


def test_an_area_across_the_antimeridian(tile, publish, everywhere):
    everywhere["load"]["arguments"] |= {
        "id": "SENTINEL2_L2A",
        "spatial_extent": {"west": 170, "south": -20, "east": -170, "north": 20},
    }
    service_id = publish(process={"process_graph": everywhere})

    row = tile(service_id, "0/0/0").opaque[128]
    assert [x for x in range(256) if row[x]] == [*range(7), *range(249, 256)]


def test_the_same_place_looks_the_same_again_and_in_all_services(mock_backend, tile, publish):
    one, other = publish(), publish()
    before = tile(one, INSIDE)
    mock_backend.clock.advance("1d")

    assert tile(one, INSIDE) == before
    assert tile(other, INSIDE) == before


def test_without_a_period_the_latest_data_are_shown(mock_backend, tile, wide):
    before = tile(wide, "14/8520/5400")
    mock_backend.clock.advance("30d")

    assert tile(wide, "14/8520/5400") != before


def test_other_colours(tile, api, publish):
    service_id = publish()
    first = tile(service_id, INSIDE)

    api(f"PATCH /services/{service_id}", json={"configuration": {"colormap": "greys"}})
    grey = tile(service_id, INSIDE)
    assert grey.colours != first.colours
    assert all(red == green == blue for red, green, blue in grey.colours)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("0/0/1", ["from 0 to 0"]),
        ("3/8/0", ["from 0 to 7", "8"]),
        ("3/0/8", ["from 0 to 7", "8"]),
        ("23/0/0", ["from 0 to 22", "23"]),
        ("-1/0/0", ["-1/0/0"]),
        ("a/0/0", ["a/0/0"]),
        ("1.0/0/0", ["1.0/0/0"]),
        ("0/0/0.jpg", [".png"]),
        ("0/0/٣", ["numbers"]),
        (f"1/0/{'9' * 30}", ["numbers"]),
    ],
)
def test_tiles_that_do_not_exist(anonymous, assert_error, publish, address, words):
    response = anonymous(f"GET /services/{publish()}/xyz/{address}")

    assert_error(response, 400, "RequestInvalid", *words)


def test_a_disabled_service_does_not_respond(api, anonymous, assert_error, publish):
    service_id = publish(enabled=False)
    tile = f"GET /services/{service_id}/xyz/0/0/0"
    assert_error(anonymous(tile), 404, "ServiceNotFound", service_id, "disabled")

    api(f"PATCH /services/{service_id}", json={"enabled": True})
    assert anonymous(tile).status_code == 200
    api(f"DELETE /services/{service_id}")
    assert_error(anonymous(tile), 404, "ServiceNotFound", "does not exist")


def test_a_service_of_another_type_has_no_tiles(anonymous, assert_error, publish):
    service_id = publish("WMS")

    assert_error(anonymous(f"GET /services/{service_id}/xyz/0/0/0"), 404, "NotFound", "WMS")


def test_the_capabilities_do_not_list_them(anonymous):
    paths = {endpoint["path"] for endpoint in anonymous("GET /").json()["endpoints"]}

    assert {"/services", "/services/{service_id}", "/services/{service_id}/logs", "/service_types"} <= paths
    assert not any("xyz" in path or "wms" in path for path in paths)


def test_every_address_of_a_level_is_one():
    for level in (0, 1, 2):
        for column in range(2**level):
            for row in range(2**level):
                address = (str(level), str(column), str(row))
                assert tile_address(*address) == (level, column, row)
                assert tile_address(*address[:2], f"{row}.png") == (level, column, row)


@given(st.tuples(*3 * [st.text(max_size=4)]))
def test_whatever_is_no_address_is_refused_as_such(texts):
    try:
        level, column, row = tile_address(*texts)
    except RequestInvalid:
        return
    assert 0 <= level <= MAX_ZOOM
    assert 0 <= column < 2**level
    assert 0 <= row < 2**level


@pytest.mark.parametrize("own_app", [False, True])
def test_services_respond_through_an_app_of_its_own_and_live(mock_backend, api, publish, own_app):
    if own_app:
        mock_backend.app  # noqa: B018  # asking for it is what makes the difference
    tiles, maps = publish("XYZ"), publish("WMS", title="NDVI")
    live = mock_backend.live().url.rstrip("/")

    for base in (mock_backend.url, live):
        url = f"{base}/services/{tiles}/xyz/{{z}}/{{x}}/{{y}}"
        assert api(f"GET {base}/services/{tiles}").json()["url"] == url
        assert api("GET " + url.format(z=0, x=0, y="0.png")).content.startswith(b"\x89PNG")
        assert (
            f"{base}/services/{maps}/wms?"
            in api(f"GET {base}/services/{maps}/wms?REQUEST=GetCapabilities").text
        )
        assert api("GET " + url.format(z=0, x=0, y=1)).json()["code"] == "RequestInvalid"
