"""Results, numbers, graphs written by hand, and parameters."""

import json

import openeo
from openeo.api.process import Parameter
from openeo.processes import array_create, process

from client_flows.building import POLYGON, s2


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


def several_results(c):
    cube = s2(c)
    return openeo.rest.multiresult.MultiResult(
        [cube.max_time().save_result("GTiff"), cube.aggregate_spatial(POLYGON, "mean").save_result("CSV")]
    )


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
