"""References: what a node gives and what is expected."""

from validation_cases.building import (
    BOX,
    INVALID,
    NUMBER,
    POLYGON,
    REQUIRED,
    TEXT,
    Case,
    bad,
    call,
    child,
    declared,
    flow,
    good,
    graph,
    load,
    one,
    par,
    reduced,
    reducer,
    ref,
)

FROM_NODE = [
    good(
        "a number into save_result", graph(a=call("pi"), b=call("save_result", data=ref("a"), format="JSON"))
    ),
    good(
        "a number into an array, in a child process",
        flow(
            call(
                "apply_dimension",
                dimension="bands",
                process=child(a=call("pi"), b=call("array_concat", array1=par("data"), array2=ref("a"))),
            )
        ),
    ),
    bad(
        "a number into an array, elsewhere",
        graph(a=call("pi"), b=call("array_concat", array1=[1], array2=ref("a"))),
        (INVALID, "b", "array2", "an array is expected"),
    ),
    good("a number into a number", graph(a=call("pi"), b=call("add", x=ref("a"), y=1))),
    good("an integer into a number", graph(a=call("floor", x=1.5), b=call("add", x=ref("a"), y=1))),
    good(
        "a number into an integer, which it may be",
        graph(a=call("count", data=[]), b=call("round", x=1, p=ref("a"))),
    ),
    good("anything into a number", graph(a=call("first", data=[1]), b=call("add", x=ref("a"), y=1))),
    good(
        "a number or null into a number",
        graph(a=call("mean", data=[1]), b=call("normalized_difference", x=ref("a"), y=1)),
    ),
    good(
        "a text into a date",
        graph(
            a=call("text_concat", data=["2024-06-01"]),
            b=call("date_shift", date=ref("a"), value=1, unit="day"),
        ),
    ),
    good(
        "a date into a text",
        graph(
            a=call("date_shift", date="2024-06-01", value=1, unit="day"),
            b=call("text_begins", data=ref("a"), pattern="2024"),
        ),
    ),
    good("an array into an array", graph(a=call("quantiles", data=[1], q=2), b=call("mean", data=ref("a")))),
    good(
        "a labelled array into an array",
        graph(a=call("array_create_labeled", data=[1], labels=["a"]), b=call("mean", data=ref("a"))),
    ),
    good(
        "what a UDF returns into anything",
        graph(
            load=load(),
            a=call("run_udf", data=ref("load"), udf="a\n", runtime="Python"),
            b=call("ndvi", data=ref("a")),
            c=call("mean", data=ref("a")),
            d=call("save_result", data=ref("b"), format="GTiff"),
        ),
    ),
    good("a cube into a UDF", flow(call("run_udf", udf="a\n", runtime="Python"))),
    good(
        "a STAC resource into what takes one",
        flow(call("save_result", format="GTiff"), call("export_workspace", workspace="mine")),
    ),
    good(
        "a vector cube into a geometry",
        graph(
            load=load(),
            a=call("load_geojson", data=POLYGON),
            b=call("aggregate_spatial", data=ref("load"), geometries=ref("a"), reducer=reducer()),
        ),
    ),
    good(
        "a vector cube into an extent",
        graph(a=call("load_geojson", data=POLYGON), b=load(spatial_extent=ref("a"))),
    ),
    bad(
        "a mean of a cube",
        flow(call("mean")),
        (INVALID, "s1", "data", "from_node 'load' gives a data cube", "an array is expected"),
    ),
    bad(
        "a sum of a cube and a number",
        graph(load=load(), n=call("add", x=ref("load"), y=1)),
        (INVALID, "n", "x", "gives a data cube", "a number or null is expected"),
    ),
    bad(
        "an ndvi of a number",
        graph(a=call("pi"), b=call("ndvi", data=ref("a"))),
        (INVALID, "b", "data", "from_node 'a' gives a number", "a data cube"),
    ),
    bad(
        "an ndvi of an array",
        graph(a=call("array_create"), b=call("ndvi", data=ref("a"))),
        (INVALID, "b", "data", "gives an array"),
    ),
    bad(
        "what was saved is no cube",
        flow(call("save_result", format="GTiff"), call("ndvi")),
        (INVALID, "s2", "data", "a STAC resource", "a data cube"),
    ),
    bad(
        "a cube is not saved",
        flow(call("export_workspace", workspace="mine")),
        (INVALID, "s1", "data", "gives a data cube", "a STAC resource"),
    ),
    good(
        "a comparison into a number, as in (a > b) * c",
        graph(a=call("gt", x=1, y=2), b=call("multiply", x=ref("a"), y=3), c=call("sum", data=[ref("a"), 1])),
    ),
    bad(
        "a truth value into a number",
        graph(a=call("is_valid", x=1), b=call("add", x=ref("a"), y=1)),
        (INVALID, "b", "x", "gives true or false, but a number or null is expected"),
    ),
    bad(
        "a comparison into what is never null",
        graph(a=call("gt", x=1, y=2), b=call("normalized_difference", x=ref("a"), y=1)),
        (INVALID, "b", "x", "gives true, false or null, but a number is expected"),
    ),
    bad(
        "a number into a truth value",
        graph(a=call("add", x=1, y=2), b=call("not", x=ref("a"))),
        (INVALID, "b", "x", "gives a number or null"),
    ),
    bad(
        "a text into a number",
        graph(a=call("text_concat", data=[]), b=call("add", x=ref("a"), y=1)),
        (INVALID, "b", "x", "gives a text"),
    ),
    bad(
        "a number into a text",
        graph(a=call("pi"), b=call("text_begins", data=ref("a"), pattern="3")),
        (INVALID, "b", "data", "gives a number", "a text or null"),
    ),
    bad(
        "a number into an array",
        graph(a=call("pi"), b=call("mean", data=ref("a"))),
        (INVALID, "b", "data", "gives a number"),
    ),
    bad(
        "an array into a number",
        graph(a=call("array_create"), b=call("absolute", x=ref("a"))),
        (INVALID, "b", "x", "gives an array"),
    ),
    bad(
        "a cube into a child process",
        flow(call("apply", process=ref("load"))),
        (INVALID, "s1", "process", "gives a data cube", "a child process"),
    ),
    bad(
        "a cube into GeoJSON",
        flow(call("load_geojson") | {"arguments": {"data": ref("load")}}),
        (INVALID, "s1", "data", "a GeoJSON object is expected"),
    ),
    bad(
        "a cube into an extent",
        flow(call("filter_bbox", extent=ref("load"))),
        (INVALID, "s1", "extent", "a bounding box"),
    ),
    bad(
        "labels into a cube",
        flow(call("dimension_labels", dimension="t"), call("trim_cube")),
        (INVALID, "s2", "data", "gives an array"),
    ),
    bad(
        "in a reducer",
        reduced(a=call("max", data=par("data")), b=call("mean", data=ref("a"))),
        (INVALID, "s1/reducer/b", "data", "from_node 'a' gives a number or null"),
    ),
    bad(
        "a series where one value is handed",
        flow(call("apply", process=child(n=call("mean", data=ref("a")), a=call("absolute", x=par("x"))))),
        (INVALID, "s1/process/n", "data", "gives a number or null"),
    ),
]

INSIDE = [
    good("numbers in a list", graph(a=call("pi"), b=call("sum", data=[ref("a"), 1]))),
    good("anything in a list", graph(load=load(), b=call("array_create", data=[ref("load"), 1]))),
    good(
        "a reference in a box",
        one("load_stac", url="https://stac.test", spatial_extent=BOX | {"west": par("west")}),
        lenient=True,
    ),
    good(
        "a whole box by references",
        flow(call("filter_bbox", extent={side: par(side) for side in BOX})),
        lenient=True,
    ),
    good("a reference in an interval", graph(n=load(temporal_extent=[par("start"), None])), lenient=True),
    good(
        "a text in an interval",
        graph(n=load(temporal_extent=[par("start"), par("end")])),
        parameters=[declared("start", TEXT), declared("end", TEXT | {"subtype": "date"})],
    ),
    good(
        "references in coordinates",
        one("load_geojson", data={"type": "Point", "coordinates": [par("x"), 51.2]}),
        lenient=True,
    ),
    good(
        "a geometry in a feature",
        one("load_geojson", data={"type": "Feature", "properties": {}, "geometry": par("shape")}),
        lenient=True,
    ),
    good(
        "two references that might differ",
        one("array_create_labeled", data=[1, 2], labels=[par("a"), par("a")]),
        lenient=True,
    ),
    good("a reference in a list of bands", graph(n=load(bands=["B04", par("band")])), lenient=True),
    good(
        "references in options",
        flow(call("save_result", format="GTiff", options={"a": {"b": [par("c")]}})),
        lenient=True,
    ),
    good("a reference in a kernel", flow(call("apply_kernel", kernel=[[1, par("k"), 1]])), lenient=True),
    good(
        "a reference in chunks",
        flow(
            call(
                "apply_neighborhood",
                size=[{"dimension": "x", "value": par("size"), "unit": "px"}],
                process=reducer("first"),
            )
        ),
        lenient=True,
    ),
    bad(
        "a cube in a list of numbers",
        flow(call("sum") | {"arguments": {"data": [1, ref("load")]}}),
        (INVALID, "s1", "data", "from_node 'load' gives a data cube", "a number or null is expected"),
    ),
    bad(
        "a number in a list of bands",
        graph(n=load(bands=["B04", par("band")])),
        (INVALID, "n", "bands", "gives a number", "a text is expected"),
        parameters=[declared("band", NUMBER)],
    ),
    bad(
        "a text in a box",
        flow(call("filter_bbox", extent=BOX | {"west": par("west")})),
        (INVALID, "s1", "extent", "from_parameter 'west' gives a text", "a number is expected"),
        parameters=[declared("west", TEXT)],
    ),
    bad(
        "a number in an interval",
        graph(n=load(temporal_extent=[par("start"), None])),
        (INVALID, "n", "temporal_extent", "gives a number", "a date"),
        parameters=[declared("start", NUMBER)],
    ),
    bad(
        "a box with a reference still lacks a side",
        flow(call("filter_bbox", extent={"west": par("west"), "south": 1, "east": 2})),
        (INVALID, "s1", "extent", "'north' is missing"),
        lenient=True,
    ),
    bad(
        "what is beside a reference is checked",
        flow(call("filter_bbox", extent=BOX | {"west": par("west"), "east": "6"})),
        (INVALID, "s1", "extent", "east: expected a number"),
        lenient=True,
    ),
    bad(
        "a list with a reference is still too short",
        graph(n=load(temporal_extent=[par("start")])),
        (INVALID, "n", "temporal_extent", "2 items"),
        lenient=True,
    ),
    bad(
        "an object with a reference is no number",
        one("add", x={"a": par("b")}, y=1),
        (INVALID, "n", "x", "expected a number or null, got an object"),
        lenient=True,
    ),
    bad(
        "an object with a reference is no cube",
        flow(call("ndvi", data={"a": ref("load")})),
        (INVALID, "s1", "data", "a data cube from another node ({'from_node': …}), got an object"),
    ),
    bad("an unknown parameter in a list", one("sum", data=[par("gone")]), (REQUIRED, "n", "data", "'gone'")),
    bad(
        "each of several",
        one("sum", data=[par("gone"), [par("away")], par("gone")]),
        (REQUIRED, "n", "data", "'gone'"),
        (REQUIRED, "n", "data", "'away'"),
        (REQUIRED, "n", "data", "'gone'"),
        (INVALID, "n", "data", "[1]: expected a number or null, got an array"),
    ),
]

REFERENCES: dict[str, list[Case]] = {"from_node": FROM_NODE, "references inside": INSIDE}
