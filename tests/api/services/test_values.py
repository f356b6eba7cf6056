"""Maps show the values that process graphs compute."""

import math
import threading

import numpy as np
import pytest
import rasterio
import requests
import xarray as xr
from openeo import UDF
from openeo.api.process import Parameter
from openeo.processes import gt
from pyproj import Transformer

from mock_backend.api.services import maps, shown_cube

AREA = {"west": 5.0, "south": 51.2, "east": 5.03, "north": 51.22}
JUNE = ["2024-06-01", "2024-07-01"]
#: A tile within the area; its pixels are about as large as those of Sentinel-2.
INSIDE = (14, 8420, 5469)
EDGE = math.pi * 6378137
SCL = 11


@pytest.fixture
def published(mock_backend_connection):
    """Publish a data cube of the client."""

    def publish(cube, type="XYZ", **configuration):  # noqa: A002  # as the API calls it
        return mock_backend_connection.create_service(
            cube.flat_graph(), type=type, configuration=configuration
        )

    return publish


@pytest.fixture
def tile_of(published, tile):
    """Get a tile of a data cube of the client."""
    return lambda cube, address=INSIDE, **configuration: tile(
        published(cube, **configuration).service_id, "/".join(map(str, address))
    )


@pytest.fixture
def loaded(mock_backend_connection):
    def load(*bands, area=AREA, period=JUNE):
        return mock_backend_connection.load_collection(
            "SENTINEL2_L2A", bands=list(bands), spatial_extent=area, temporal_extent=period
        )

    return load


@pytest.fixture
def given(mock_backend, mock_backend_connection):
    """Load data of two dates in Web Mercator, with pixels as in a tile of zoom level 10."""
    size = 2 * EDGE / 2**10 / 256
    values = np.arange(2 * 256 * 256, dtype="float32").reshape(2, 256, 256) % 1000
    values[0, :, :16] = np.nan
    values[1, :16] = np.nan

    def load():
        data = xr.DataArray(
            values,
            dims=("t", "y", "x"),
            coords={
                "t": np.array(["2024-06-01", "2024-06-11"], "datetime64[ns]"),
                "y": EDGE - (341 * 256 + np.arange(256) + 0.5) * size,
                "x": (526 * 256 + np.arange(256) + 0.5) * size - EDGE,
            },
            attrs={"crs": "EPSG:3857"},
        )
        mock_backend.add_collection("MY", data=data)
        return mock_backend_connection.load_collection("MY")

    load.values = values
    return load


def steps(image):
    """Return the steps of the colour map, from 0 to 254; -1 where there is nothing."""
    assert image.kind == 3
    return np.array([list(row) for row in image.rows]) - 1


def looked_up(content, address, size=256):
    """Return the values of a GeoTIFF at the centres of the pixels of a tile."""
    level, column, row = address
    scale = 2 * EDGE / 2**level / size
    xs, ys = np.meshgrid(np.arange(size) + 0.5 + column * size, np.arange(size) + 0.5 + row * size)
    with rasterio.MemoryFile(content) as file, file.open() as image:
        change = Transformer.from_crs("EPSG:3857", image.crs, always_xy=True)
        xs, ys = change.transform(xs * scale - EDGE, EDGE - ys * scale)
        # What is on the edge of two pixels may be in either of them, but for the last digits.
        columns, rows = (np.round(each, 6) for each in ~image.transform @ (xs, ys))
        inside = (rows >= 0) & (rows < image.height) & (columns >= 0) & (columns < image.width)
        rows, columns = (np.where(inside, each, 0).astype(int) for each in (rows, columns))
        return image.read()[:, rows, columns].astype(float), inside


# -- tiles and results ------------------------------------------------------------------------------


def test_a_tile_has_the_values_of_the_result(mock_backend_connection, loaded, tile_of):
    scenes = loaded("SCL").reduce_dimension(dimension="t", reducer="max")
    content = mock_backend_connection.download(scenes.save_result("GTiff").flat_graph())
    values, inside = looked_up(content, INSIDE)

    # It says itself that its values are from 0 to 11.
    found = steps(tile_of(scenes))
    assert inside.any()
    assert np.array_equal(found, np.where(inside, np.rint(values[0] / SCL * 254), -1))


def test_computed_values_run_through_the_colours(mock_backend_connection, loaded, tile_of):
    ndvi = loaded("B04", "B08").ndvi(nir="B08", red="B04").reduce_dimension(dimension="t", reducer="median")
    content = mock_backend_connection.download(ndvi.save_result("GTiff").flat_graph())
    values, inside = looked_up(content, INSIDE)

    found = steps(tile_of(ndvi))
    between = inside & (found > 0) & (found < 254)
    assert between.sum() > 0.9 * inside.sum()
    # All that a linear stretch may leave of values is the rounding.
    slope, start = np.polyfit(values[0][between], found[between], 1)
    assert slope > 0
    assert np.abs(values[0][between] * slope + start - found[between]).max() < 0.6


def test_three_bands_are_a_picture_as_in_png_files(mock_backend_connection, loaded, tile_of, png):
    cube = loaded("B02", "B03", "B04", period=["2024-06-10", "2024-06-20"]).max_time()
    content = mock_backend_connection.download(cube.save_result("GTiff").flat_graph())
    values, inside = looked_up(content, INSIDE)
    values = values[::-1]  # red is B04, wherever that is

    image = tile_of(cube)
    assert image.kind == 6
    found = np.array(image.pixels)
    assert np.array_equal(found[..., 3] == 255, inside)
    white = np.where(inside, np.clip(np.rint(values / 3000 * 255), 0, 255), 0)
    assert np.abs(np.moveaxis(found[..., :3], -1, 0) - white).max() <= 1


def test_an_area_that_is_not_named_is_everywhere(loaded, tile_of):
    named, everywhere = (tile_of(loaded("SCL", area=area)) for area in (AREA, None))

    for here, there in zip(named.pixels, everywhere.pixels, strict=True):
        assert all(one == other for one, other in zip(here, there, strict=True) if one[3])
    assert all(map(all, everywhere.opaque))
    assert not all(map(all, named.opaque))
    # It is no sample around somewhere.
    assert all(map(all, tile_of(loaded("SCL", area=None), (14, 3000, 6000)).opaque))


@pytest.mark.parametrize("level", [0, 3, 7])
def test_from_afar_there_are_values_of_pixels_nearby(loaded, tile_of, level):
    cube = loaded("SCL", area=None, period=["2024-06-10", "2024-06-20"])
    image = tile_of(cube, (level, *(each >> (14 - level) for each in INSIDE[1:])))

    assert set(np.unique(steps(image))) <= {round(scene / SCL * 254) for scene in range(12)} | {-1}
    assert len(image.colours) > 3


# -- given data -------------------------------------------------------------------------------------


def test_the_latest_values_are_shown_where_there_are_some(given, tile_of):
    found = steps(tile_of(given(), (10, 526, 341)))

    old, new = given.values
    wanted = np.where(np.isnan(new), old, new)
    assert np.array_equal(found < 0, np.isnan(wanted))
    there = (found > 0) & (found < 254)
    slope, start = np.polyfit(wanted[there], found[there], 1)
    assert np.abs(wanted[there] * slope + start - found[there]).max() < 0.6


def test_neighbouring_tiles_have_the_same_colours(given, published, tile):
    service_id = published(given()).service_id
    whole = steps(tile(service_id, "10/526/341"))

    for down in (0, 1):
        for right in (0, 1):
            part = steps(tile(service_id, f"11/{1052 + right}/{682 + down}"))
            quarter = whole[down * 128 : (down + 1) * 128, right * 128 : (right + 1) * 128]
            assert np.array_equal(part, quarter.repeat(2, axis=0).repeat(2, axis=1))


def test_what_is_masked_is_transparent(given, tile_of):
    cube = given()
    found = steps(tile_of(cube.mask(cube > 500), (10, 526, 341)))

    old, new = (np.where(each > 500, np.nan, each) for each in given.values)
    assert np.array_equal(found < 0, np.isnan(np.where(np.isnan(new), old, new)))


def test_a_map_has_a_background_where_there_are_no_data(given, published, anonymous, png):
    service_id = published(given(), "WMS").service_id
    size = 2 * EDGE / 2**10
    west, north = 526 * size - EDGE, EDGE - 341 * size
    query = {
        "REQUEST": "GetMap",
        "VERSION": "1.3.0",
        "LAYERS": "result",
        "CRS": "EPSG:3857",
        "BBOX": f"{west},{north - size},{west + size},{north}",
        "WIDTH": 256,
        "HEIGHT": 256,
        "FORMAT": "image/png",
        "BGCOLOR": "0x0010FF",
    }
    image = png(anonymous(f"GET /services/{service_id}/wms", params=query).content)

    assert image[3, 3] == (0, 16, 255, 255)
    assert image[100, 3][:3] != (0, 16, 255)


# -- parameters of services -------------------------------------------------------------------------


def test_the_area_of_a_tile_may_be_what_is_loaded(loaded, tile_of):
    tiles = [tile_of(loaded("SCL", area=area)) for area in (Parameter.bounding_box("spatial_extent"), None)]

    assert tiles[0] == tiles[1]
    assert not tiles[0].is_empty


def test_numbers_of_tiles_may_be_used(given, published, tile):
    cube = given()
    level, number = (
        published(cube.apply(lambda value, y=y: gt(value, y))).service_id
        for y in ({"from_parameter": "z"}, 10)
    )

    assert tile(level, "10/526/341") == tile(number, "10/526/341")
    assert tile(level, "11/1052/682") != tile(number, "11/1052/682")


def test_parameters_of_child_processes_are_others(given, tile_of):
    cube = given()
    doubled = cube.apply(lambda x: x * 2)

    assert not tile_of(doubled, (10, 526, 341)).is_empty
    assert set(maps._referred(doubled.flat_graph())) == set()
    assert set(maps._referred({"a": {"process_id": "add", "arguments": {"x": {"from_parameter": "x"}}}})) == {
        "x"
    }


# -- what cannot be shown ---------------------------------------------------------------------------


def test_a_result_without_pixels_is_an_empty_tile_and_the_log_says_so(loaded, published, tile):
    geometry = {"type": "Point", "coordinates": [5.01, 51.21]}
    service = published(loaded("B04").aggregate_spatial(geometry, "mean"))

    for _ in range(2):
        assert tile(service.service_id, "14/8420/5469").is_empty
    [entry] = service.logs(level="error")
    assert "no pixels" in entry.message


def test_what_is_not_computed_is_in_the_log(loaded, published, tile):
    service = published(loaded("B02", "B03", "B04").process("atmospheric_correction", data=loaded("B02")))

    tile(service.service_id, "14/8420/5469")
    tile(service.service_id, "14/8420/5470")
    [entry] = service.logs(level="warning")
    assert "atmospheric_correction" in entry.message


def test_a_function_that_fails_is_an_empty_tile_and_the_log_says_so(loaded, published, tile):
    code = """
from openeo.udf import XarrayDataCube

def apply_datacube(cube: XarrayDataCube, context: dict) -> XarrayDataCube:
    raise ValueError("no luck")
"""
    service = published(loaded("B04").apply(UDF(code, runtime="Python")))

    assert tile(service.service_id, "14/8420/5469").is_empty
    assert "no luck" in service.logs(level="error")[0].message


def test_too_many_values_are_refused(monkeypatch, loaded, published, anonymous, assert_error):
    monkeypatch.setattr(shown_cube, "_MOST", 1000)
    cube = loaded("SCL").reduce_dimension(dimension="t", reducer="max")

    tile = anonymous(f"GET /services/{published(cube).service_id}/xyz/14/8420/5469")
    assert_error(tile, 400, "ProcessGraphComplexity", "256 by 256 pixels", "1,000 values")
    size = 2 * EDGE / 2**14
    west, north = 8420 * size - EDGE, EDGE - 5469 * size
    query = {"REQUEST": "GetMap", "VERSION": "1.3.0", "LAYERS": "result", "CRS": "EPSG:3857", "WIDTH": 256}
    query |= {"BBOX": f"{west},{north - size},{west + size},{north}", "HEIGHT": 256, "FORMAT": "image/png"}
    map_ = anonymous(f"GET /services/{published(cube, 'WMS').service_id}/wms", params=query)
    assert (map_.status_code, b"1,000 values" in map_.content) == (200, True)


def test_results_of_any_size_have_tiles(loaded, tile_of):
    europe = {"west": -10.0, "south": 35.0, "east": 30.0, "north": 60.0}
    cube = loaded("B02", "B03", "B04", area=europe, period=None)

    assert not tile_of(cube, (4, 8, 5)).is_empty
    assert not tile_of(cube).is_empty


def test_a_server_answers_others_while_it_computes_a_tile(monkeypatch, mock_backend, loaded, published):
    service_id = published(loaded("SCL")).service_id
    live = mock_backend.live().url.rstrip("/")
    computing, answered = threading.Event(), threading.Event()
    drawn = maps.Maps.drawn

    def slow(*arguments, **named):
        computing.set()
        assert answered.wait(20)
        return drawn(*arguments, **named)

    monkeypatch.setattr(maps.Maps, "drawn", slow)
    statuses = []
    client = threading.Thread(
        target=lambda: statuses.append(
            requests.get(f"{live}/services/{service_id}/xyz/14/8420/5469", timeout=60).status_code
        )
    )
    client.start()
    assert computing.wait(20)
    assert requests.get(f"{live}/", timeout=10).status_code == 200
    answered.set()
    client.join(60)
    assert statuses == [200]
