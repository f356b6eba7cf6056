"""Graphs that production takes and a strict reading refuses."""

BOX = {"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.21}
FEATURE = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2], [5.01, 51.2], [5.01, 51.205], [5.0, 51.205], [5.0, 51.2]]],
}


def load(**arguments):
    """Return a node that loads two bands of a month."""
    given = {"id": "SENTINEL2_L2A", "bands": ["B04", "B08"], "spatial_extent": BOX}
    given |= {"temporal_extent": ["2024-06-01", "2024-07-01"]}
    return {"process_id": "load_collection", "arguments": given | arguments}


def after_load(process_id, source=None, **arguments):
    """Return a graph of two nodes, of which the second one works on the data cube of the first."""
    node = {"process_id": process_id, "arguments": {"data": {"from_node": "load"}} | arguments}
    return {"load": source or load(), "n": node | {"result": True}}


def child(**nodes):
    """Return a child process."""
    last = list(nodes)[-1]
    return {"process_graph": {**nodes, last: nodes[last] | {"result": True}}}


def of_data(process_id, data="data", **arguments):
    """Return a node that takes the data of a child process."""
    return {"process_id": process_id, "arguments": {"data": {"from_parameter": data}} | arguments}


CODE = "def apply_datacube(cube, context):\n    return cube\n"
UDF = child(udf=of_data("run_udf", udf=CODE, runtime="Python"))
KEPT = (
    "from openeo.udf import XarrayDataCube\n\n"
    "def apply_datacube(cube: XarrayDataCube, context: dict) -> XarrayDataCube:\n    return cube\n"
)
LINE = "def apply_datacube(cube: DataCube, context) -> DataCube: return DataCube(cube.array.max('t'))"
ONE_LINE = child(udf=of_data("run_udf", udf=LINE, runtime="Python"))
TWO_CUBES = {
    "a": load(),
    "b": load(),
    "n": {
        "process_id": "merge_cubes",
        "arguments": {"cube1": {"from_node": "a"}, "cube2": {"from_node": "b"}},
        "result": True,
    },
}
#: Graphs that production takes, and the rule of a strict reading that each breaks (the first word).
ACCEPTED = {
    "unknown-argument": after_load("ndvi", load(featureflags={"tilesize": 1})),
    "missing-extent": {"load": {"process_id": "load_collection", "arguments": {"id": "COPERNICUS_30"}}},
    "null-argument": after_load("filter_bands", bands=["B04"], wavelengths=None),
    "same-day": after_load("ndvi", load(temporal_extent=["2024-06-05", "2024-06-05"])),
    "future": after_load("ndvi", load(temporal_extent=["2031-06-01", "2031-07-01"])),
    "large-values": after_load(
        "reduce_spatial",
        load(spatial_extent={"west": 4, "south": 46, "east": 10, "north": 52}),
        reducer=child(mean=of_data("mean")),
    ),
    "no-data": after_load("filter_bbox", extent={"west": 90.0, "south": 1.0, "east": 91.0, "north": 2.0}),
    "overlap-resolver": TWO_CUBES,
    "overlap-resolver of data": TWO_CUBES
    | {
        "n": {
            "process_id": "merge_cubes",
            "arguments": TWO_CUBES["n"]["arguments"] | {"overlap_resolver": child(max=of_data("max"))},
            "result": True,
        }
    },
    "null-argument in a box": after_load("ndvi", load(spatial_extent=BOX | {"crs": None})),
    "argument-form of dates": after_load("ndvi", load(temporal_extent=["2024-6-1", "2024-6-30"])),
    "argument-form of numbers": after_load(
        "apply_neighborhood",
        size=[{"dimension": each, "value": "64", "unit": "px"} for each in "xy"],
        overlap=[{"dimension": each, "value": "8", "unit": "px"} for each in "xy"],
        process=child(sums=of_data("cumsum")),
    ),
    "label-count": after_load("rename_labels", dimension="bands", target=["red", "nir", "mask"]),
    "label-count of dates": after_load("drop_dimension", name="t"),
    "label-count of bands": after_load("drop_dimension", name="bands"),
    "argument-form of conditions": after_load(
        "reduce_dimension", dimension="t", reducer=child(count=of_data("count", condition=False))
    ),
    "bounding-box": after_load("filter_bbox", extent=BOX | {"south": 51.21, "north": 51.2}),
    "geometry-collection": after_load(
        "mask_polygon", mask={"type": "GeometryCollection", "geometries": [FEATURE]}
    ),
    "argument-form": after_load("reduce_dimension", dimension="t", reducer=ONE_LINE),
    "array-maths": after_load(
        "reduce_dimension",
        dimension="bands",
        reducer=child(
            less={"process_id": "subtract", "arguments": {"x": {"from_parameter": "data"}, "y": 1}},
            most={"process_id": "max", "arguments": {"data": {"from_node": "less"}}},
        ),
    ),
    "changed-dimensions": after_load(
        "apply_neighborhood",
        size=[{"dimension": each, "value": 64, "unit": "px"} for each in "xy"],
        process=child(less=of_data("reduce_dimension", dimension="t", reducer=child(mean=of_data("mean")))),
    ),
    "cube-maths": {
        "load": load(),
        "n": {
            "process_id": "linear_scale_range",
            "arguments": {"x": {"from_node": "load"}, "inputMin": 0, "inputMax": 1},
            "result": True,
        },
    },
    "unsuitable-format": {
        **after_load("aggregate_spatial", geometries=FEATURE, reducer=child(mean=of_data("mean"))),
        "save": {"process_id": "save_result", "arguments": {"data": {"from_node": "n"}, "format": "GTiff"}},
    },
    "udf-data": after_load(
        "apply_dimension",
        dimension="t",
        process=child(udf=of_data("run_udf", "x", udf=KEPT, runtime="Python")),
    ),
    "unknown-namespace": {
        "n": {
            "process_id": "ppi",
            "namespace": "https://processes.test/ppi.json",
            "arguments": {"spatial_extent": BOX, "temporal_extent": ["2024-06-01", "2024-07-01"]},
            "result": True,
        },
    },
}
ACCEPTED["missing-extent"]["load"]["result"] = True
ACCEPTED["unsuitable-format"]["save"]["result"] = ACCEPTED["unsuitable-format"]["n"].pop("result")
