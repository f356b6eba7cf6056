"""Zones, grids, neighbourhoods, user-defined functions, and other dimensions."""

from typing import Any

import openeo
import pytest
from openeo.internal.warnings import UserDeprecationWarning
from openeo.processes import array_create

from client_flows.building import BOX, CODE, FEATURES, POLYGON, process_graph, s2


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
        _with_deprecated(cube),
    ]


def _with_deprecated(cube: openeo.DataCube) -> Any:
    with pytest.warns(UserDeprecationWarning):
        return cube.polygonal_mean_timeseries(POLYGON)


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
