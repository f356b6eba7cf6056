"""Arguments: arrays, data cubes and child processes of the wrong type."""

from validation_cases.building import (
    INVALID,
    REQUIRED,
    Case,
    bad,
    call,
    child,
    flow,
    good,
    graph,
    load,
    one,
    par,
    reducer,
    ref,
    right,
    wrong,
    wrong_load,
    wrong_scalar,
)

ARRAYS = [
    good("an empty array", one("mean", data=[])),
    good("anything in an array", one("count", data=[1, "a", None, [2], {"b": 3}, True])),
    good("nothing in a list of labels", flow(call("rename_labels", dimension="bands", target=[]))),
    wrong_scalar("a number for an array", "mean", "data", "expected an array, got an integer (1)", data=1),
    wrong_scalar("an object for an array", "mean", "data", "expected an array, got an object", data={"0": 1}),
    wrong_scalar(
        "a text in an array of numbers",
        "mean",
        "data",
        "[1]: expected a number or null, got a text ('a')",
        data=[1, "a"],
    ),
    wrong_scalar(
        "thousands of texts in an array of numbers",
        "mean",
        "data",
        "[2]: expected",
        "Many more like that",
        data=["a"] * 5000,
    ),
    wrong_scalar(
        "many texts in an array of numbers",
        "mean",
        "data",
        "[0]:",
        "[2]:",
        "2 more like that",
        data=list("abcde"),
    ),
    wrong_scalar(
        "an array in an array of numbers",
        "mean",
        "data",
        "[0]: expected a number or null, got an array",
        data=[[1]],
    ),
    wrong_scalar(
        "an integer in an array of truth values",
        "all",
        "data",
        "[1]: expected true, false or null",
        data=[True, 1],
    ),
    wrong_scalar(
        "a probability above 1",
        "quantiles",
        "probabilities",
        "[1]: 25 is greater than",
        data=[1],
        probabilities=[0.5, 25],
    ),
    wrong_scalar("too few intervals", "quantiles", "q", "1 is less than the minimum of 2", data=[1], q=1),
    wrong_scalar(
        "the same label twice", "array_create_labeled", "labels", "non-unique", data=[1, 2], labels=["a", "a"]
    ),
    wrong_scalar(
        "a truth value for a label", "array_create_labeled", "labels", "[0]", data=[1], labels=[True]
    ),
    wrong_load("a text for a list of bands", "bands", "B04", "expected an array or null, got a text ('B04')"),
    wrong_load("no bands at all", "bands", [], "[] has less than 1 item"),
    wrong_load("a number for a band", "bands", [4], "[0]: expected a text, got an integer (4)"),
    wrong_load("an array for a band", "bands", [["B04"]], "[0]: expected a text, got an array"),
    wrong_load("an object for a band", "bands", [{"name": "B04"}], "[0]: expected a text, got an object"),
    wrong(
        "too short a resolution",
        call("resample_spatial", resolution=[10]),
        "resolution",
        "[10] has less than 2 items",
    ),
    right("a kernel", call("apply_kernel", kernel=[[0, 1, 0]] * 3)),
    right("a kernel of one row", call("apply_kernel", kernel=[[0.5, 1, 0.5]])),
    wrong(
        "a flat kernel",
        call("apply_kernel", kernel=[1, 2, 1]),
        "kernel",
        "[0]: expected an array",
        "two-dimensional",
    ),
    wrong("a kernel of texts", call("apply_kernel", kernel=[["1"]]), "kernel", "[0][0]: expected a number"),
    wrong(
        "an even kernel",
        call("apply_kernel", kernel=[[1, 1], [1, 1]]),
        "kernel",
        "uneven",
        "3 by 3",
        code="KernelDimensionsUneven",
    ),
    wrong(
        "a ragged kernel",
        call("apply_kernel", kernel=[[1], [1, 1, 1], [1]]),
        "kernel",
        "same length",
        "1, 3, 1",
        code="KernelDimensionsUneven",
    ),
    right(
        "chunks",
        call(
            "apply_neighborhood",
            size=[{"dimension": "x", "value": 128, "unit": "px"}, {"dimension": "t", "value": "P5D"}],
            process=child(r=call("constant", x=par("data"))),
        ),
    ),
    wrong(
        "chunks without a dimension",
        call("apply_neighborhood", size=[{"value": 128}], process=child(c=call("cumsum", data=par("data")))),
        "size",
        "[0]: 'dimension' is missing",
    ),
    wrong(
        "chunks in feet",
        call(
            "apply_neighborhood",
            size=[{"dimension": "x", "value": 1, "unit": "ft"}],
            process=child(c=call("cumsum", data=par("data"))),
        ),
        "size",
        "[0].unit",
    ),
    wrong(
        "chunks of a duration in words",
        call(
            "apply_neighborhood",
            size=[{"dimension": "t", "value": "month"}],
            process=child(c=call("cumsum", data=par("data"))),
        ),
        "size",
        "[0].value: expected",
        "ISO 8601 duration",
        "('month')",
    ),
    wrong(
        "a chunk instead of a list",
        call(
            "apply_neighborhood",
            size={"dimension": "x", "value": 128},
            process=child(c=call("cumsum", data=par("data"))),
        ),
        "size",
        "expected an array, got an object",
    ),
]

CUBES_AND_CHILDREN = [
    wrong(
        "a cube written down",
        call("ndvi", data={"type": "datacube", "dimensions": {}}),
        "data",
        "a data cube from another node ({'from_node': …}), got an object",
    ),
    wrong(
        "a name for a cube",
        call("ndvi", data="load"),
        "data",
        "a data cube from another node ({'from_node': …}), got a text ('load')",
    ),
    wrong(
        "a child process for a cube",
        call("ndvi", data=reducer()),
        "data",
        "a data cube from another node ({'from_node': …}), got an object",
    ),
    wrong("null for a cube", call("ndvi", data=None), "data", "got null"),
    bad(
        "a child process for a number",
        one("add", x=child(n=call("pi")), y=1),
        (INVALID, "n", "x", "expected a number or null, got an object"),
    ),
    wrong(
        "a name for a child process",
        call("apply", process="absolute"),
        "process",
        "a child process ({'process_graph': {…}}), got a text ('absolute')",
    ),
    wrong(
        "nodes for a child process",
        call("apply", process={"n": call("absolute", x=1) | {"result": True}}),
        "process",
        "'process_graph' is missing",
        "a child process",
    ),
    wrong("null for a child process", call("apply", process=None), "process", "got null"),
    good(
        "null for a child process that may be left out",
        graph(
            load=load(), n=call("merge_cubes", cube1=ref("load"), cube2=ref("load"), overlap_resolver=None)
        ),
    ),
    right(
        "a condition, true or null",
        call(
            "reduce_dimension",
            dimension="t",
            reducer=child(
                a=call("count", data=par("data"), condition=child(n=call("gt", x=par("x"), y=1))),
                b=call("count", data=par("data"), condition=True),
                c=call("count", data=par("data"), condition=None),
                d=call("sum", data=[ref("a"), ref("b"), ref("c")]),
            ),
        ),
    ),
    bad(
        "false for a condition",
        one("count", data=[], condition=False),
        (INVALID, "n", "condition", "true was expected"),
    ),
    good(
        "filters by properties",
        graph(n=load(properties={"eo:cloud_cover": child(n=call("lte", x=par("value"), y=50))})),
    ),
    wrong_load(
        "a number for a filter by a property",
        "properties",
        {"eo:cloud_cover": 50},
        "eo:cloud_cover: expected a child process",
    ),
    bad(
        "a fault in a filter by a property",
        graph(n=load(properties={"eo:cloud_cover": child(n=call("lte", x=par("x"), y=50))})),
        (REQUIRED, "n/properties/n", "x", "'value'"),
    ),
    right("options of all kinds", call("save_result", format="GTiff", options={"a": [1, {"b": None}]})),
    wrong(
        "a list for options",
        call("save_result", format="GTiff", options=["a"]),
        "options",
        "an object, got an array",
    ),
    bad(
        "options that the process does not have",
        flow(call("sar_backscatter", options={"tile_size": 256}), source=load("SENTINEL1_GRD", bands=["VV"])),
        (INVALID, "s1", "options", "no member 'tile_size'"),
    ),
]

ARRAYS_AND_OBJECTS: dict[str, list[Case]] = {
    "arrays": ARRAYS,
    "cubes and child processes": CUBES_AND_CHILDREN,
}
