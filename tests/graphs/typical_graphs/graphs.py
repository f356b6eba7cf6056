"""The process graphs, built as users of the openeo client do."""

from collections.abc import Callable
from typing import Any

import openeo
from openeo import Connection

#: 500 m by 300 m of Flanders, in whole pixels of Sentinel-2.
AREA = {"west": 650_000, "south": 5_675_000, "east": 650_500, "north": 5_675_300, "crs": "EPSG:32631"}

#: Nearby, in degrees.
BOX = {"west": 5.15, "south": 51.2, "east": 5.156, "north": 51.2036}

#: Whole cells of the elevation model, which are seconds of arc.
CELLS = {"west": 5.15, "south": 51.2, "east": 5.16, "north": 51.205}

#: Two fields inside the area.
FIELDS: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"crop": crop, "hectares": hectares},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[west, 51.2071], [east, 51.2071], [east, 51.2087], [west, 51.2087], [west, 51.2071]]
                ],
            },
        }
        for west, east, crop, hectares in ((5.148, 5.15, "wheat", 2.5), (5.151, 5.153, "maize", 2.25))
    ],
}

_UDF = """
import xarray

def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:
    return cube * 0.0001
"""


def _sentinel2(connection: Connection, start: str, end: str, *bands: str, extent: Any = AREA) -> Any:
    return connection.load_collection(
        "SENTINEL2_L2A", spatial_extent=extent, temporal_extent=[start, end], bands=list(bands)
    )


def single_date(connection: Connection) -> Any:
    return _sentinel2(connection, "2024-06-04", "2024-06-05", "B04", "B03", "B02", extent=BOX)


def time_series(connection: Connection) -> Any:
    return _sentinel2(connection, "2024-06-01", "2024-06-15", "B04", "B08")


def ndvi(connection: Connection) -> Any:
    return time_series(connection).ndvi(red="B04", nir="B08")


def monthly_composite(connection: Connection) -> Any:
    cube = _sentinel2(connection, "2024-04-01", "2024-07-01", "B04")
    return cube.aggregate_temporal_period(period="month", reducer="mean")


def zonal_statistics(connection: Connection) -> Any:
    return time_series(connection).aggregate_spatial(geometries=FIELDS, reducer="mean")


def elevation(connection: Connection) -> Any:
    return connection.load_collection("COPERNICUS_30", spatial_extent=CELLS, bands=["DEM"])


def vector_output(connection: Connection) -> Any:
    return connection.load_geojson(FIELDS, properties=["hectares"])


def merged_collections(connection: Connection) -> Any:
    optical = _sentinel2(connection, "2024-06-01", "2024-07-01", "B04")
    radar = connection.load_collection(
        "SENTINEL1_GRD", spatial_extent=AREA, temporal_extent=["2024-06-01", "2024-07-01"], bands=["VV"]
    )
    months = [each.aggregate_temporal_period(period="month", reducer="mean") for each in (optical, radar)]
    return months[0].merge_cubes(months[1])


def udf(connection: Connection) -> Any:
    return time_series(connection).apply(openeo.UDF(_UDF, runtime="Python"))


def scalar(connection: Connection) -> Any:
    cube = ndvi(connection).reduce_dimension(dimension="t", reducer="max")
    return cube.reduce_spatial(reducer="mean")


def decibels(connection: Connection) -> Any:
    """A comparison of logarithms, which processors compute to other last digits."""
    values = time_series(connection).apply(lambda x: 10 * x.log(base=10))
    return values.apply(lambda x: x.multiply(x.gt(30)))


def harmonics(connection: Connection) -> Any:
    """Waves that are fitted to series of pixels, and what they predict."""

    def wave(x: Any, parameters: Any) -> Any:
        turn = x * (6.283185307179586 / 31_557_600)
        return parameters.array_element(0) + parameters.array_element(1) * turn.cos()

    fitted = _sentinel2(connection, "2024-04-01", "2024-07-01", "B08").apply_dimension(
        lambda data: data.fit_curve(parameters=[1, 1], function=wave),
        dimension="t",
        target_dimension="parameters",
    )
    return fitted.predict_curve(fitted, wave, dimension="t", labels=["2024-08-01", "2024-09-01"])


def neighbours(connection: Connection) -> Any:
    """Values that are made of those of other pixels, of other grids, and of other dates."""
    smooth = ndvi(connection).apply_kernel(
        [[0.0625, 0.125, 0.0625], [0.125, 0.25, 0.125], [0.0625, 0.125, 0.0625]]
    )
    coarse = smooth.process("aggregate_spatial_window", data=smooth, size=[3, 5], reducer=_median())
    return coarse.resample_spatial(resolution=17, projection=3857, method="bilinear").reduce_dimension(
        dimension="t", reducer="sd"
    )


def _median() -> dict[str, Any]:
    call = {"process_id": "median", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    return {"process_graph": {"median": call}}


#: Graphs whose values could depend on how they are computed.
DELICATE: dict[str, Callable[[Connection], Any]] = {
    each.__name__: each for each in (decibels, harmonics, neighbours)
}

GRAPHS: dict[str, Callable[[Connection], Any]] = {
    each.__name__: each
    for each in (
        single_date,
        time_series,
        ndvi,
        monthly_composite,
        zonal_statistics,
        elevation,
        vector_output,
        merged_collections,
        udf,
        scalar,
    )
}
