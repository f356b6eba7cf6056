"""Graphs that the openeo Python client makes of usual code: none has problems."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import openeo
import pytest
from openeo.api.process import Parameter
from openeo.internal.warnings import UserDeprecationWarning
from openeo.processes import ProcessBuilder, array_create, if_, process, text_concat
from openeo.rest.graph_building import collection_property
from pyproj import CRS

#: Builders of graphs, from a connection.
Flow = Callable[[openeo.Connection], Any]
FLOWS: dict[str, Flow] = {}

BOX = {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3}
MONTH = ["2024-06-01", "2024-07-01"]
POLYGON = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2], [5.1, 51.2], [5.1, 51.3], [5.0, 51.3], [5.0, 51.2]]],
}
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"name": "a"}, "geometry": POLYGON},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [5.05, 51.25]}},
    ],
}
CODE = "import xarray\n\ndef apply_datacube(cube, context):\n    return cube\n"


CONTEXT = {"from_parameter": "context"}


def process_graph(process_id: str, parameter: str = "data", **arguments: Any) -> dict[str, Any]:
    """Return a child process of one node."""
    given = {parameter: {"from_parameter": parameter}} | arguments
    return {"process_graph": {"only": {"process_id": process_id, "arguments": given, "result": True}}}


def flow(function: Flow) -> Flow:
    FLOWS[function.__name__] = function
    return function


def s2(connection: openeo.Connection, bands=("B04", "B08"), **options: Any) -> openeo.DataCube:
    facts = {"spatial_extent": BOX, "temporal_extent": MONTH} | options
    return connection.load_collection("SENTINEL2_L2A", bands=list(bands) if bands else None, **facts)


# -- loading ----------------------------------------------------------------------------------------


@flow
def bare_collection(c):
    return c.load_collection("SENTINEL2_L2A")


@flow
def open_ended_time(c):
    return [
        c.load_collection("SENTINEL2_L2A", temporal_extent=extent)
        for extent in (["2024-06-01", None], [None, "2024-06-01"], "2024", ("2024-06", "2024-08"))
    ]


@flow
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


@flow
def extents_in_metres(c):
    box = {"west": 640860, "south": 5676170, "east": 642140, "north": 5677450}
    return [
        s2(c, spatial_extent=box | {"crs": crs})
        for crs in ("EPSG:32631", 32631, "epsg:3035", CRS.from_epsg(32631).to_wkt())
    ]


@flow
def extents_with_heights_and_nulls(c):
    return [
        s2(c, spatial_extent=BOX | {"base": None, "height": None, "crs": 4326}),
        s2(c, spatial_extent=None),
    ]


@flow
def extents_as_geometry(c):
    return [s2(c, spatial_extent=POLYGON), s2(c, spatial_extent=FEATURES)]


@flow
def extent_across_the_antimeridian(c):
    return [
        s2(c, spatial_extent={"west": west, "south": 0, "east": -179, "north": 1}) for west in (179, 170.5)
    ]


@flow
def common_names(c):
    cube = s2(c, bands=["red", "nir", "SCL"])
    return [cube, cube.filter_bands(["nir", "red"]).ndvi(), s2(c, bands=None).filter_bands(["nir", "B02"])]


@flow
def bands_of_one_common_name(c):
    """All of them are loaded, as the process says."""
    cube = s2(c, bands=None).process("filter_bands", data=s2(c, bands=None), bands=["rededge"])
    return [cube, cube.filter_bands(["B06", "B07"])]


@flow
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


@flow
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


@flow
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


@flow
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


@flow
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


# -- bands ------------------------------------------------------------------------------------------


@flow
def ndvi(c):
    cube = s2(c)
    return [
        cube.ndvi(),
        cube.ndvi(nir="B08", red="B04"),
        cube.ndvi(nir="nir", red="B04", target_band="NDVI").filter_bands(["NDVI", "B04"]),
        cube.ndvi().save_result("GTiff"),
        cube.ndvi()
        .reduce_dimension("t", "max")
        .save_result(format="PNG", options={"colormap": {"0": [1, 2, 3]}}),
        s2(c, bands=None).ndvi(target_band="x").band("x"),
    ]


@flow
def band_math(c):
    cube = s2(c, bands=["B02", "B04", "B08"])
    blue, red, nir = cube.band("B02"), cube.band("red"), cube.band(2)
    evi = 2.5 * (nir - red) / (nir + 6.0 * red - 7.5 * blue + 1.0)
    return [
        (nir - red) / (nir + red),
        evi,
        evi.max_time(),
        evi.linear_scale_range(0, 1, 0, 255),
        nir.normalized_difference(red),
        -nir,
        1 / (nir**2) + 2**red,
        (red.ln() + red.log2() + red.log10() + red.logarithm(3)).power(2),
        cube.band("B08") + cube.band("B02") + 1,
        cube * 0.0001,
        cube + cube,
        (cube.filter_bands(["B02"]) > 3) | (cube.filter_bands(["B02"]) <= 1),
        ~(red > 3),
        (red != 5) & (nir == 3),
        (red > 5) * 1.0 + (nir <= 3) * blue,
    ]


@flow
def band_math_as_functions(c):
    cube = s2(c, bands=["B02", "B04", "B08"])

    def evi(data: ProcessBuilder) -> ProcessBuilder:
        blue, red, nir = data[0], data["B04"], data.array_element(label="nir")
        return (2.5 * (nir - red)) / (nir + 6.0 * red - 7.5 * blue + 1)

    return [
        cube.reduce_dimension("bands", evi),
        cube.reduce_bands(lambda data: data[1] - data[2]),
        cube.apply_dimension(lambda data: array_create([data[0], data[1] * 2, 0]), dimension="bands"),
        cube.apply_dimension(
            lambda data: data.array_concat(array_create([data["B08"] / data["B04"]])), dimension="bands"
        )
        .rename_labels("bands", ["B02", "B04", "B08", "ratio"])
        .filter_bands(["ratio"]),
        cube.apply_dimension(lambda data: data.array_modify(values=[1], index=0), dimension="bands"),
        cube.reduce_dimension("bands", lambda data: data.array_element(5, return_nodata=True)),
        cube.reduce_dimension("bands", lambda data: data.array_element(label="B11", return_nodata=True)),
        cube.apply_dimension(lambda data: data.array_apply(lambda x: x * 2), dimension="bands"),
        cube.apply_dimension(lambda data: data.array_apply(lambda x, index: x * index), dimension="bands"),
        cube.apply_dimension(
            lambda data: data.array_apply(lambda x, label: if_(text_concat([label, "x"]) == "B02x", x, 0)),
            dimension="bands",
        ),
        cube.apply_dimension(
            lambda data: data.array_filter(lambda x: x > 3).array_create(repeat=2), dimension="bands"
        ),
        cube.reduce_bands(lambda data: data.array_find_label("B04")),
        cube.reduce_bands(lambda data: data.array_contains(value=3)),
    ]


@flow
def labels(c):
    cube = s2(c, bands=["B02", "B04", "B08"])
    renamed = cube.rename_labels("bands", target=["blue", "red", "nir"], source=["B02", "B04", "B08"])
    return [
        renamed,
        renamed.band("red") / renamed.band("nir"),
        renamed.ndvi(),
        cube.rename_labels("bands", ["a", "b", "c"]).filter_bands(["c"]),
        cube.rename_labels("bands", target=["B04", "B02"], source=["B02", "B04"]),
        cube.rename_labels("bands", target=["x"], source=["B02"]).filter_bands(["x", "B08"]),
        cube.filter_labels(lambda value: value.text_begins("B0"), dimension="bands").filter_bands(["B04"]),
        cube.dimension_labels("bands"),
        c.load_collection("SENTINEL2_L2A", bands=["B02"]).drop_dimension("bands"),
    ]


@flow
def added_bands(c):
    cube = s2(c)
    index = cube.ndvi().add_dimension("bands", "NDVI", type="bands")
    merged = cube.merge_cubes(index)
    return [
        index,
        merged,
        merged.filter_bands(["NDVI", "B08"]),
        merged.ndvi(),
        merged.band("NDVI") * 2,
        cube.merge_cubes(s2(c, bands=["B08", "B11"]), overlap_resolver="max").filter_bands(["B11", "B04"]),
        cube.merge_cubes(s2(c, bands=["B08"]), overlap_resolver=lambda x, y: x + y),
        cube.merge_cubes(cube, overlap_resolver=lambda x, y: if_(x > 0, x, y), context={"a": 1}),
    ]


# -- masks ------------------------------------------------------------------------------------------


@flow
def scene_classification_mask(c):
    cube, scl = s2(c), s2(c, bands=["SCL"]).band("SCL")
    mask = (scl == 3) | (scl == 8) | (scl == 9)
    blurred = mask.apply_kernel([[1, 1, 1], [1, 1, 1], [1, 1, 1]], factor=1 / 9) > 0.1
    return [
        cube.mask(mask),
        cube.mask(blurred, replacement=-9999),
        cube.mask(~((scl == 4) | (scl == 5))),
        cube.mask(mask.resample_cube_spatial(cube, method="near")),
        cube.process("mask", data=cube, mask=mask, replacement=None),
        s2(c, ["B04", "SCL"]).apply_dimension(
            lambda data: if_(data["SCL"] == 4, data, None), dimension="bands"
        ),
        s2(c, ["B04", "SCL"]).reduce_bands(lambda data: if_(data[1].neq(4), data[0])),
    ]


@flow
def polygon_masks(c):
    return [
        s2(c).mask_polygon(POLYGON),
        s2(c).mask_polygon(POLYGON, replacement=0, inside=True),
        s2(c).mask_polygon(POLYGON | {"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}),
        s2(c).mask_polygon(FEATURES),
        s2(c).mask_polygon(c.load_geojson(POLYGON)),
        s2(c).filter_spatial(POLYGON),
        s2(c).filter_spatial(c.load_url("https://files.test/a.geojson", format="geojson")),
    ]


# -- time -------------------------------------------------------------------------------------------


@flow
def over_time(c):
    cube = s2(c)
    return [
        cube.max_time(),
        cube.min_time().filter_bands(["B04"]),
        cube.median_time(),
        cube.count_time(),
        cube.reduce_temporal("sd"),
        cube.reduce_dimension(
            dimension="t", reducer=lambda data: data.quantiles(probabilities=[0.25, 0.75])[0]
        ),
        cube.reduce_temporal(lambda data: data.quantiles(q=4).array_element(index=0)),
        cube.reduce_temporal(lambda data: data.quantiles(probabilities=5)[0]),
        cube.reduce_temporal(lambda data: data.count(condition=lambda x: x > 3)),
        cube.reduce_temporal(lambda data: data.count(condition=lambda x: x.is_valid().and_(x < 3))),
        cube.reduce_temporal(lambda data: data.count(condition=True)),
        cube.reduce_temporal(lambda data: data.count()),
        cube.reduce_temporal(lambda data: data.sort(asc=False, nodata=False).first(ignore_nodata=False)),
        cube.reduce_temporal(lambda data: data.rearrange(data.order())[0]),
        cube.reduce_temporal(lambda data: data.extrema()[1]),
        cube.reduce_temporal(lambda data: data.array_interpolate_linear().last()),
        cube.reduce_temporal(lambda data: data.max() - data.min()),
        cube.reduce_temporal(lambda data: data.array_filter(lambda x, label: label >= "2024-06-10").mean()),
        cube.reduce_temporal(lambda data: data.array_find(data.max(), reverse=True)),
        cube.reduce_temporal(lambda data: (data.max() > 3).and_(data.any())),
        cube.reduce_temporal(lambda data: data.any()),
    ]


@flow
def along_time(c):
    cube = s2(c)
    return [
        cube.apply_dimension("array_interpolate_linear", dimension="t"),
        cube.apply_dimension(lambda data: data.cumsum(), dimension="t"),
        cube.apply_dimension(
            lambda data: data.quantiles([0.1, 0.9]), dimension="t", target_dimension="bands"
        ),
        cube.apply_dimension(lambda data: data.quantiles([0.1, 0.9]), dimension="t", target_dimension="q"),
        cube.apply_dimension(
            lambda data: data.array_labels().array_apply(lambda x: x.date_shift(value=1, unit="day")),
            dimension="t",
        ),
        cube.filter_temporal("2024-06-05", "2024-06-10"),
        cube.filter_temporal(extent=["2024-06-05", None]),
        cube.filter_temporal(extent="2024-06"),
        cube.filter_labels(lambda value: value.date_between("2024-06-05", "2024-06-10"), dimension="t"),
        cube.process("filter_temporal", data=cube, extent=["2024-06-05", "2024-06-10"], dimension=None),
    ]


@flow
def periods_and_intervals(c):
    cube = s2(c)
    return [
        cube.aggregate_temporal_period("month", reducer="median"),
        cube.aggregate_temporal_period(period="dekad", reducer=lambda data: data.mean(ignore_nodata=True)),
        cube.aggregate_temporal_period("year", "max", dimension="t").reduce_dimension("t", "first"),
        cube.aggregate_temporal([["2024-06-01", "2024-06-10"], ["2024-06-10", "2024-06-20"]], "mean"),
        cube.aggregate_temporal(
            [["2024-06-01T00:00:00Z", "2024-06-10T00:00:00Z"]], reducer="mean", labels=["a"], dimension="t"
        ),
        cube.aggregate_temporal(
            intervals=[["2024-06-01", "2024-06-10"]],
            reducer=openeo.UDF(CODE, runtime="Python"),
            context={"a": 1},
        ),
        cube.process("climatological_normal", data=cube, period="month"),
        cube.process(
            "anomaly",
            data=cube,
            normals=cube.process("climatological_normal", data=cube, period="month"),
            period="month",
        ),
        cube.resample_cube_temporal(cube, dimension="t", valid_within=30),
    ]


@flow
def rank_composite(c):
    """The best observation of a period, by a score, as it is often done."""
    cube, scl = s2(c), s2(c, bands=["SCL"])

    def best(data: ProcessBuilder) -> ProcessBuilder:
        top = data.max()
        return data.array_apply(lambda x: x != top)

    rank = scl.band("SCL").apply(lambda x: if_(x == 4, 1.0, 0.5))
    size = [{"dimension": "x", "unit": "px", "value": 1}, {"dimension": "t", "value": "P1M"}]
    return [
        cube.mask(mask).aggregate_temporal_period("month", "first")
        for mask in (
            rank.apply_dimension(best, dimension="t"),
            rank.apply_neighborhood(
                lambda data: data.apply_dimension(dimension="t", process=best), size=size, overlap=[]
            ),
        )
    ]


# -- space ------------------------------------------------------------------------------------------


@flow
def zonal_statistics(c):
    cube = s2(c)
    mean = cube.aggregate_spatial(geometries=POLYGON, reducer="mean")
    return [
        mean,
        mean.save_result("CSV"),
        cube.aggregate_spatial(FEATURES, reducer=lambda data: array_create([data.min(), data.max()])),
        cube.aggregate_spatial(c.load_geojson(FEATURES), reducer="median").save_result("JSON"),
        cube.aggregate_spatial({"type": "Point", "coordinates": [5.0, 51.2]}, reducer="first"),
        cube.aggregate_spatial({"type": "Feature", "properties": None, "geometry": POLYGON}, reducer="mean"),
        cube.band("B04").aggregate_spatial(POLYGON, "mean", target_dimension="stats"),
        cube.aggregate_spatial(
            POLYGON | {"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}, "mean"
        ),
        cube.ndvi().aggregate_spatial(POLYGON, reducer=lambda data: data.quantiles([0.5])),
        mean.filter_bands(["B04"]),
        mean.apply_dimension(dimension="t", process="array_interpolate_linear"),
        mean.process("reduce_dimension", data=mean, dimension="t", reducer=process_graph("mean")),
        cube.reduce_spatial("mean"),
        cube.aggregate_spatial_window(lambda data: data.mean(), size=[2, 2], boundary="trim"),
        with_deprecated(cube),
    ]


def with_deprecated(cube: openeo.DataCube) -> Any:
    with pytest.warns(UserDeprecationWarning):
        return cube.polygonal_mean_timeseries(POLYGON)


@flow
def resampling(c):
    cube = s2(c)
    return [
        cube.resample_spatial(resolution=20, projection=32631, method="bilinear"),
        cube.resample_spatial(projection="EPSG:3035"),
        cube.resample_spatial(resolution=[10, 20]),
        cube.resample_spatial(resolution=0.0001, projection=4326, align="lower-left"),
        cube.resample_cube_spatial(s2(c, bands=["B11"]), method="cubic"),
        cube.filter_bbox(west=5.0, south=51.2, east=5.05, north=51.25),
        cube.filter_bbox(bbox=[5.0, 51.2, 5.05, 51.25]),
        cube.filter_bbox(west=640860, south=5676170, east=642140, north=5677450, crs=32631),
        cube.filter_bbox(BOX | {"crs": "EPSG:4326"}),
    ]


@flow
def neighbourhoods(c):
    cube, udf = (
        s2(c),
        openeo.UDF(CODE, runtime="Python", version="3.11", context={"from_parameter": "context"}),
    )
    size = [{"dimension": d, "value": 112, "unit": "px"} for d in "xy"]
    overlap = [{"dimension": d, "value": 8, "unit": "px"} for d in "xy"]
    return [
        cube.apply_neighborhood(process=udf, size=size, overlap=overlap, context={"a": [1, None]}),
        cube.apply_neighborhood(udf, size=[*size, {"dimension": "t", "value": "P1D"}], overlap=None),
        cube.apply_neighborhood(udf, size=[*size, {"dimension": "t", "value": None}]).filter_bands(["B04"]),
        cube.apply_kernel([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], factor=1.0, border="replicate"),
        cube.apply_kernel([[0.5]], border=0, replace_invalid=-1),
        cube.apply_polygon(geometries=c.load_geojson(POLYGON), process=udf, mask_value=-1),
    ]


@flow
def user_code(c):
    udf = openeo.UDF(CODE)
    cube = s2(c)
    return [
        cube.apply(udf),
        cube.apply(openeo.UDF(CODE, runtime="python"), context={"threshold": 3}),
        cube.apply_dimension(process=udf, dimension="t"),
        cube.apply_dimension(udf, dimension="t", target_dimension="bands").filter_bands(["B04"]),
        cube.apply_dimension(udf, dimension="bands")
        .rename_labels("bands", ["classes"])
        .filter_bands(["classes"]),
        cube.reduce_dimension(reducer=udf, dimension="t"),
        cube.reduce_bands(openeo.UDF("function(data, context) {\n  data\n}\n", runtime="R", version=None)),
        cube.apply(lambda x: x.run_udf(udf=CODE, runtime="Python")),
        cube.process("run_udf", data=cube, udf="https://code.test/udf.py", runtime="Python", context={}),
        cube.process("run_udf", data=cube, udf="folder/udf.py", runtime="Python").apply(lambda x: x * 2),
    ]


@flow
def pixelwise(c):
    cube = s2(c)
    return [
        cube.apply("absolute"),
        cube.apply(lambda x: x.linear_scale_range(0, 10_000, 0, 1)),
        cube.linear_scale_range(0, 10_000, 0, 255).save_result("png"),
        cube.apply(lambda x: x.clip(0, 1).round(2).sqrt().is_nan()),
        cube.apply(lambda x: if_(x.gt(3).and_(x.lt(5)), 1)),
        cube.process("apply", data=cube, process=process_graph("multiply", "x", y=CONTEXT), context=2),
        cube.apply(lambda x: x.int() + x.floor().mod(3)),
        cube.apply(lambda x: x.is_nodata().or_(x == 0)),
        cube.apply(lambda x: x.eq(0.5, delta=0.01)),
        cube.apply(lambda x: process("absolute", x=x)),
    ]


@flow
def reshaping(c):
    cube = s2(c)
    return [
        cube.rename_dimension("t", "time").reduce_dimension("time", "mean"),
        cube.rename_dimension("t", "time").filter_temporal("2024-06-05", "2024-06-10"),
        cube.flatten_dimensions(["t", "bands"], target_dimension="tb"),
        cube.flatten_dimensions(["t", "bands"], "tb").unflatten_dimension("tb", ["t", "bands"]),
        cube.add_dimension("source", "a").drop_dimension("source"),
        cube.add_dimension("source", "a", type="other").reduce_dimension("source", "first").max_time(),
        cube.process("trim_cube", data=cube).filter_bands(["B04"]),
        cube.process("inspect", data=cube, message="here", level="warning"),
        c.datacube_from_process("create_data_cube").add_dimension("t", "2024-01-01", "temporal"),
        cube.atmospheric_correction(method="iCOR", elevation_model=None).filter_bands(["B04"]),
        cube.ard_surface_reflectance("FORCE", "Fmask"),
    ]


# -- results ----------------------------------------------------------------------------------------


@flow
def saving(c):
    cube = s2(c)
    return [
        *(
            cube.save_result(name)
            for name in ("GTiff", "gtiff", "GTIFF", "netCDF", "NetCDF", "NETCDF", "zarr")
        ),
        cube.save_result("GTiff", options={"overviews": "ALL", "tile_size": 256}),
        cube.save_result("GTiff").export_workspace("mine", merge="/a/b"),
        cube.max_time().process("save_result", data=cube.max_time(), format="JSON", options={}),
    ]


@flow
def several_results(c):
    cube = s2(c)
    return openeo.rest.multiresult.MultiResult(
        [cube.max_time().save_result("GTiff"), cube.aggregate_spatial(POLYGON, "mean").save_result("CSV")]
    )


@flow
def scalars(c):
    return [
        process("add", x=3, y=5.5),
        process("mean", data=[1, 2, None]),
        array_create([1, 2, 3]).mean() + 4,
        process("pi").sqrt(),
        process("date_difference", date1="2024-01-01", date2="2024-01-02T00:00:00Z", unit="day"),
        process("text_concat", data=["a", 1, True, None], separator=""),
        process("array_create_labeled", data=[1, 2], labels=["a", "b"]).array_element(label="a"),
        {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}},
        process("if", value=True, accept=[1], reject={"a": 2}),
        process("between", x=5, min=0, max=10.5, exclude_max=True),
        process("constant", x={"any": ["thing", None]}),
        process("array_find", data=[1, "a", None], value="a"),
    ]


@flow
def by_hand(c):
    """Graphs that users read from JSON files."""
    graph = {
        "load": {
            "process_id": "load_collection",
            "arguments": {
                "id": "SENTINEL2_L2A",
                "spatial_extent": None,
                "temporal_extent": None,
                "bands": None,
                "properties": None,
            },
            "description": "All of it.",
        },
        "save": {
            "process_id": "save_result",
            "namespace": None,
            "arguments": {"data": {"from_node": "load"}, "format": "NETCDF", "options": {}},
            "result": True,
        },
        "look": {
            "process_id": "inspect",
            "namespace": "backend",
            "arguments": {"data": {"from_node": "load"}},
            "result": False,
        },
    }
    return [
        graph,
        c.datacube_from_flat_graph(graph),
        c.datacube_from_json(json.dumps({"process_graph": graph})),
    ]


@flow
def with_parameters(c):
    """Processes that users store: every kind of parameter that the client knows."""
    box, extent = Parameter.bounding_box("box", "A box."), Parameter.temporal_interval("extent", "A extent.")
    area, shape = Parameter.spatial_extent("area", "A area."), Parameter.geojson("shape", "A shape.")
    name, names = (
        Parameter.string("name", "A name.", default="B04"),
        Parameter.array("names", "A names.", item_schema="string"),
    )
    cube = c.load_collection("SENTINEL2_L2A", spatial_extent=box, temporal_extent=extent, bands=names)
    return [
        cube,
        c.load_collection(
            "SENTINEL2_L2A", spatial_extent=area, temporal_extent=[Parameter.date("a", "A a."), None]
        ),
        c.load_collection(Parameter.string("collection", "A collection."), bands=[name, "B08"]),
        cube.filter_bbox(box).filter_bbox(west=Parameter.number("west", "A west."), south=0, east=1, north=1),
        cube.aggregate_spatial(shape, "mean"),
        cube.mask_polygon(shape),
        cube.filter_temporal(Parameter.date("start", "A start."), Parameter.date_time("end", "A end.")),
        cube.reduce_dimension(
            "t", lambda data: data.max() * Parameter.number("factor", "A factor.", default=2)
        ),
        cube.apply(lambda x: x > Parameter.integer("least", "A least.")),
        # Not by the client's own method, which takes no parameters in older releases.
        cube.process(
            "resample_spatial",
            data=cube,
            resolution=Parameter.number("resolution", "A resolution."),
            projection=Parameter.integer("epsg", "A epsg."),
        ),
        cube.apply_kernel(Parameter.array("kernel", "A kernel.")),
        cube.ndvi(
            nir=name,
            red=Parameter.string("red", "A red."),
            target_band=Parameter.string("target", "A target."),
        ),
        cube.process("save_result", data=cube, format=Parameter.string("format", "A format.")),
    ]


@pytest.mark.parametrize("name", FLOWS)
def test_usual_code_is_valid(mock_backend_connection, name):
    built = FLOWS[name](mock_backend_connection)
    found = {
        number: problems
        for number, part in enumerate(built if isinstance(built, list) else [built])
        if (problems := mock_backend_connection.validate_process_graph(part))
    }

    assert found == {}
