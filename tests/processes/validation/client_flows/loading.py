"""Loading collections, STAC and files."""

import datetime

import openeo
from openeo.rest.graph_building import collection_property
from pyproj import CRS

from client_flows.building import BOX, CODE, FEATURES, MONTH, POLYGON, s2


def bare_collection(c):
    return c.load_collection("SENTINEL2_L2A")


def open_ended_time(c):
    return [
        c.load_collection("SENTINEL2_L2A", temporal_extent=extent)
        for extent in (["2024-06-01", None], [None, "2024-06-01"], "2024", ("2024-06", "2024-08"))
    ]


def dates_and_instants(c):
    return [
        c.load_collection("SENTINEL2_L2A", temporal_extent=extent)
        for extent in (
            [datetime.date(2024, 6, 1), datetime.date(2024, 7, 1)],
            [datetime.datetime(2024, 6, 1, 12), datetime.datetime(2024, 7, 1)],  # noqa: DTZ001  # as users do
            ["2024-06-01T10:00:00Z", "2024-06-01T11:00:00Z"],
            ["2024-06-01T10:00:00.250Z", "2024-06-01T11:00:00Z"],
        )
    ]


def extents_in_metres(c):
    box = {"west": 640860, "south": 5676170, "east": 642140, "north": 5677450}
    return [
        s2(c, spatial_extent=box | {"crs": crs})
        for crs in ("EPSG:32631", 32631, "epsg:3035", CRS.from_epsg(32631).to_wkt())
    ]


def extents_with_heights_and_nulls(c):
    return [
        s2(c, spatial_extent=BOX | {"base": None, "height": None, "crs": 4326}),
        s2(c, spatial_extent=None),
    ]


def extents_as_geometry(c):
    return [s2(c, spatial_extent=POLYGON), s2(c, spatial_extent=FEATURES)]


def extent_across_the_antimeridian(c):
    return [
        s2(c, spatial_extent={"west": west, "south": 0, "east": -179, "north": 1}) for west in (179, 170.5)
    ]


def common_names(c):
    cube = s2(c, bands=["red", "nir", "SCL"])
    return [cube, cube.filter_bands(["nir", "red"]).ndvi(), s2(c, bands=None).filter_bands(["nir", "B02"])]


def bands_of_one_common_name(c):
    """All of them are loaded, as the process says."""
    cube = s2(c, bands=None).process("filter_bands", data=s2(c, bands=None), bands=["rededge"])
    return [cube, cube.filter_bands(["B06", "B07"])]


def properties(c):
    return [
        s2(c, properties={"eo:cloud_cover": lambda x: x <= 50, "platform": lambda x: x == "sentinel-2a"}),
        s2(
            c,
            properties=[
                collection_property("eo:cloud_cover") < 50,
                collection_property("sat:orbit_state") == "ascending",
            ],
        ),
        s2(c, max_cloud_cover=20),
        s2(c, properties={"eo:cloud_cover": lambda x: x.between(min=0, max=50)}),
    ]


def radar(c):
    cube = c.load_collection("SENTINEL1_GRD", spatial_extent=BOX, temporal_extent=MONTH, bands=["VV", "VH"])
    backscatter = cube.sar_backscatter(
        coefficient="sigma0-ellipsoid", elevation_model="COPERNICUS_30", mask=True
    )
    return [
        cube.sar_backscatter(),
        backscatter.filter_bands(["VV", "mask"]),
        cube.sar_backscatter().apply(lambda x: 10 * x.log(base=10)),
        cube.ard_normalized_radar_backscatter(elevation_model="COPERNICUS_30"),
        cube.process("sar_backscatter", data=cube, coefficient=None),
    ]


def elevation(c):
    dem = c.load_collection("COPERNICUS_30", spatial_extent=BOX, bands=["DEM"])
    return [
        dem,
        dem.apply(lambda x: x > 100),
        dem.reduce_dimension("bands", "first"),
        # A cube without time is not limited in time.
        c.load_collection("COPERNICUS_30", spatial_extent=BOX, temporal_extent=["2020-01-01", "2030-01-01"]),
        s2(c).merge_cubes(dem.resample_cube_spatial(s2(c))),
    ]


def foreign_stac(c):
    cube = c.load_stac(
        "https://stac.test/collections/a", spatial_extent=BOX, temporal_extent=MONTH, bands=["B04"]
    )
    return [
        c.load_stac("https://stac.test/item.json"),
        cube.reduce_dimension("t", "mean"),
        cube.filter_bands(["B04"]).resample_spatial(10, projection=32631),
        c.load_stac("https://stac.test/x", properties={"eo:cloud_cover": lambda v: v < 10}),
    ]


def vectors(c):
    return [
        c.load_geojson(POLYGON),
        c.load_geojson(FEATURES, properties=["name"]),
        c.load_url("https://files.test/a.geojson", format="GeoJSON"),
        c.load_url("https://files.test/a.parquet", format="parquet", options={"columns": ["a"]}),
        c.load_geojson(POLYGON).process("vector_buffer", geometries=c.load_geojson(POLYGON), distance=-10),
        c.load_geojson(POLYGON).process(
            "vector_reproject", data=c.load_geojson(POLYGON), projection=3857, dimension="geometry"
        ),
        c.load_geojson(FEATURES).run_udf(openeo.UDF(CODE), runtime="Python"),
        c.load_geojson(FEATURES).filter_bbox(extent=BOX),
        c.load_geojson(FEATURES).filter_vector(c.load_geojson(POLYGON), relation="within"),
        c.load_geojson(FEATURES).apply_dimension("array_create", dimension="geometry"),
        c.load_geojson(FEATURES, properties=["name", "size"]).apply_dimension(
            "array_create", dimension="properties"
        ),
        c.vectorcube_from_paths(["a/b.parquet", "c.parquet"], format="Parquet"),
    ]
