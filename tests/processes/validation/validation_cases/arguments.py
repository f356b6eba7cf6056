"""Arguments: missing, unknown, and literals of the wrong type, for all kinds of types."""

from validation_cases.building import (
    INVALID,
    REQUIRED,
    UNSUPPORTED,
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

MISSING_AND_UNKNOWN = [
    good("optional ones left out", one("round", x=1.5)),
    good("null for an optional one", graph(load=load(properties=None, bands=None))),
    bad("one missing", one("add", x=1), (REQUIRED, "n", "y", "'y' is required", "a number or null")),
    bad("all missing", one("add"), (REQUIRED, "n", "x"), (REQUIRED, "n", "y")),
    bad("a child process missing", flow(call("apply")), (REQUIRED, "s1", "process", "a child process")),
    bad("a cube missing", one("ndvi"), (REQUIRED, "n", "data", "a data cube from another node")),
    bad(
        "an extent missing",
        graph(n=call("load_collection", id="SENTINEL2_L2A", spatial_extent=None)),
        (REQUIRED, "n", "temporal_extent", "a temporal interval"),
    ),
    bad(
        "missing in a child",
        flow(call("apply", process=child(r=call("add", x=par("x"))))),
        (REQUIRED, "s1/process/r", "y"),
    ),
    bad("one unknown", one("absolute", x=1, y=2), (UNSUPPORTED, "n", "y", "Available: 'x'")),
    bad("a typo", one("round", x=1, P=2), (UNSUPPORTED, "n", "P", "Did you mean 'p'?")),
    bad(
        "a name of other processes",
        flow(call("apply", reducer=reducer())),
        (REQUIRED, "s1", "process"),
        (UNSUPPORTED, "s1", "reducer", "'process'"),
    ),
    bad("the process has none", one("pi", x=1), (UNSUPPORTED, "n", "x", "It has no parameters.")),
    bad(
        "several unknown, in their order",
        one("pi", z=1, a=2, m=3),
        (UNSUPPORTED, "n", "z"),
        (UNSUPPORTED, "n", "a"),
        (UNSUPPORTED, "n", "m"),
    ),
    bad(
        "array_element of nothing",
        one("array_element", data=[1]),
        ("ArrayElementParameterMissing", "n", None, "'index' or 'label'"),
    ),
    bad(
        "array_element of too much",
        one("array_element", data=[1], index=0, label="a"),
        ("ArrayElementParameterConflict", "n", "label", "got both"),
    ),
    good("array_element with null for the other", one("array_element", data=[1], index=0, label=None)),
    bad(
        "quantiles of nothing",
        one("quantiles", data=[1]),
        ("QuantilesParameterMissing", "n", None, "'probabilities' or 'q'"),
    ),
    bad(
        "quantiles of too much",
        one("quantiles", data=[1], probabilities=[0.5], q=2),
        ("QuantilesParameterConflict", "n", "q", "got both"),
    ),
    bad(
        "filter_bands of nothing",
        flow(call("filter_bands")),
        ("BandFilterParameterMissing", "s1", None, "'bands' or 'wavelengths'"),
    ),
    bad(
        "filter_bands of empty lists",
        flow(call("filter_bands", bands=[], wavelengths=[])),
        ("BandFilterParameterMissing", "s1", None),
    ),
    good("filter_bands by a parameter", flow(call("filter_bands", bands=par("bands"))), lenient=True),
]

NUMBERS = [
    good("integers where numbers are", one("add", x=1, y=-3)),
    good("null where it is allowed", one("add", x=None, y=1.5)),
    good("a whole number with a point for an integer", one("round", x=1.26, p=1.0)),
    good("enormous numbers", one("add", x=10**300, y=-1e300)),
    good("bounds themselves", one("arccos", x=1)),
    wrong_scalar(
        "a text for a number", "add", "y", "expected a number or null, got a text ('1')", x=1, y="1"
    ),
    wrong_scalar("true for a number", "add", "x", "got true", x=True, y=1),
    wrong_scalar(
        "false for a number, though Python says that it is 0",
        "round",
        "p",
        "an integer, got false",
        x=1,
        p=False,
    ),
    wrong_scalar("an array for a number", "add", "y", "got an array", x=1, y=[1]),
    wrong_scalar("an object for a number", "add", "y", "got an object", x=1, y={"a": 1}),
    wrong_scalar("a misspelt reference", "add", "y", "got an object", x=1, y={"from_argument": "x"}),
    wrong_scalar("half a number for an integer", "round", "p", "an integer, got a number (1.5)", x=1, p=1.5),
    wrong_scalar("too small", "array_create", "repeat", "0", "minimum of 1", data=[1], repeat=0),
    wrong_scalar("too large", "arccos", "x", "2 is greater than the maximum of 1", x=2),
    wrong_scalar("a negative index", "array_element", "index", "-1", "minimum of 0", data=[1], index=-1),
    wrong_scalar("true for an index", "array_element", "index", "an integer, got true", data=[1], index=True),
    wrong_scalar("null for a number", "normalized_difference", "y", "a number, got null", x=1, y=None),
    wrong_scalar("a number for a truth value", "not", "x", "true, false or null, got an integer (1)", x=1),
    wrong_scalar(
        "1 for a truth value, though Python says that it is the default",
        "sum",
        "ignore_nodata",
        "true or false, got an integer (1)",
        data=[1],
        ignore_nodata=1,
    ),
    wrong_scalar(
        "a text for a truth value",
        "sum",
        "ignore_nodata",
        "got a text ('true')",
        data=[1],
        ignore_nodata="true",
    ),
    wrong(
        "a negative resolution", call("resample_spatial", resolution=-10), "resolution", "-10 is less than"
    ),
]

TEXTS = [
    good(
        "texts, numbers and truth values to put together", one("text_concat", data=["a", 1, 1.5, True, None])
    ),
    good("a choice", flow(call("resample_spatial", resolution=10, method="bilinear"))),
    good(
        "null where it is a choice",
        flow(call("sar_backscatter", coefficient=None), source=load("SENTINEL1_GRD", bands=["VV"])),
    ),
    wrong_scalar(
        "a number for a text", "text_begins", "pattern", "a text, got an integer (5)", data="a", pattern=5
    ),
    wrong(
        "no such choice",
        call("resample_spatial", method="bilinar"),
        "method",
        "'bilinar'",
        "Did you mean 'bilinear'?",
    ),
    wrong(
        "nothing like a choice",
        call("aggregate_temporal_period", period="fortnight", reducer=reducer()),
        "period",
        "'fortnight'",
        "Available",
        "'month'",
    ),
    wrong(
        "a choice in capitals",
        call("aggregate_temporal_period", period="MONTH", reducer=reducer()),
        "period",
        "'month'",
    ),
    wrong(
        "a number for a choice",
        call("aggregate_temporal_period", period=30, reducer=reducer()),
        "period",
        "expected a text, got an integer (30)",
    ),
    bad("an id with a space", graph(n=load("A B")), (INVALID, "n", "id", '"A B"', "does not match")),
    wrong_load("a number for an id", "id", 5, "a text, got an integer (5)"),
    good("a URL", one("load_stac", url="https://stac.test/item.json")),
    wrong_scalar("no URL", "load_stac", "url", "expected a URL", "item.json", url="item.json"),
    wrong_scalar("a URL of another scheme", "load_stac", "url", "expected a URL", url="ftp://stac.test/item"),
    good("an empty text", one("text_concat", data=[], separator="")),
    wrong(
        "an empty separator",
        call("flatten_dimensions", dimensions=["t"], target_dimension="a", label_separator=""),
        "label_separator",
        '""',
    ),
    wrong("a band name with a space", call("ndvi", target_band="the ndvi"), "target_band", "the ndvi"),
]

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

ARGUMENTS: dict[str, list[Case]] = {
    "missing and unknown": MISSING_AND_UNKNOWN,
    "numbers": NUMBERS,
    "texts": TEXTS,
    "arrays": ARRAYS,
    "cubes and child processes": CUBES_AND_CHILDREN,
}
