"""References to parameters: which there are, and what they give."""

from validation_cases.building import (
    CUBE,
    INVALID,
    MONTH,
    NUMBER,
    REQUIRED,
    TEXT,
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

PARAMETERS = [
    good(
        "what a process hands to its child",
        flow(call("apply", process=child(n=call("absolute", x=par("x"))))),
    ),
    good(
        "its context",
        flow(call("apply", process=child(n=call("add", x=par("x"), y=par("context"))), context=3)),
    ),
    good(
        "data of the outer child in the inner one",
        reduced(
            a=call(
                "array_apply",
                data=par("data"),
                process=child(m=call("max", data=par("data")), n=call("divide", x=par("x"), y=ref("m"))),
            ),
            b=call("first", data=ref("a")),
        ),
    ),
    good(
        "index and label",
        reduced(
            a=call(
                "array_apply",
                data=par("data"),
                process=child(
                    n=call("add", x=par("index"), y=1), m=call("eq", x=par("label"), y="2024-06-01")
                ),
            ),
            b=call("first", data=ref("a")),
        ),
    ),
    good(
        "a declared parameter in a child",
        flow(call("apply", process=child(n=call("add", x=par("x"), y=par("offset"))))),
        parameters=[declared("offset", NUMBER)],
    ),
    good(
        "unknown ones where the request is lenient",
        flow(
            call("apply", process=child(n=call("add", x=par("x"), y=par("offset")))),
            call("ndvi", nir=par("nir")),
        ),
        lenient=True,
    ),
    good(
        "a declared cube of an old subtype",
        graph(n=call("ndvi", data=par("data"))),
        parameters=[declared("data", {"type": "object", "subtype": "raster-cube"})],
    ),
    good("a declared parameter of any type", one("add", x=par("x"), y=1), parameters=[declared("x", {})]),
    good("a declared parameter without schema", one("add", x=par("x"), y=1), parameters=[{"name": "x"}]),
    good(
        "a declared parameter of one of several types",
        one("add", x=par("x"), y=1),
        parameters=[declared("x", [TEXT, NUMBER])],
    ),
    good(
        "a declared child process",
        flow(call("apply", process=par("p"))),
        parameters=[declared("p", {"type": "object", "subtype": "process-graph"})],
    ),
    good(
        "a declared bounding box",
        graph(n=load(spatial_extent=par("box"), temporal_extent=par("time"))),
        parameters=[
            declared("box", {"type": "object", "subtype": "bounding-box"}),
            declared("time", {"type": "array", "subtype": "temporal-interval"}),
        ],
    ),
    bad(
        "unknown",
        one("add", x=par("x"), y=1),
        (REQUIRED, "n", "x", "Unknown parameter 'x'", "Define it in 'parameters'"),
    ),
    bad(
        "a typo",
        one("add", x=par("offest"), y=1),
        (REQUIRED, "n", "x", "Did you mean 'offset'?"),
        parameters=[declared("offset", NUMBER)],
    ),
    bad(
        "a typo in a child",
        flow(call("apply", process=child(n=call("absolute", x=par("y"))))),
        (REQUIRED, "s1/process/n", "x", "'y'", "Available: 'x', 'context'"),
    ),
    bad(
        "a typo in the data of a UDF",
        flow(call("apply", process=child(u=call("run_udf", data=par("y"), udf="a\n", runtime="Python")))),
        (REQUIRED, "s1/process/u", "data", "Unknown parameter 'y'", "Available: 'x', 'context'"),
    ),
    bad(
        "a typo in a child is one even where the request is lenient",
        flow(call("apply", process=child(n=call("absolute", x={"from_parameter": 5})))),
        (REQUIRED, "s1/process/n", "x", "Unknown parameter 5"),
        lenient=True,
    ),
    bad(
        "what is handed to another child",
        flow(call("apply", process=child(n=call("mean", data=par("data"))))),
        (REQUIRED, "s1/process/n", "data", "'data'"),
    ),
    bad(
        "what is handed to a child is unknown outside",
        graph(
            load=load(),
            a=call("apply", data=ref("load"), process=child(n=call("absolute", x=par("x")))),
            b=call("add", x=par("x"), y=1),
        ),
        (REQUIRED, "b", "x", "'x'"),
    ),
    bad("a name that is a list", one("add", x={"from_parameter": ["x"]}, y=1), (REQUIRED, "n", "x", "['x']")),
    bad(
        "a declared text into a number",
        one("add", x=par("x"), y=1),
        (INVALID, "n", "x", "from_parameter 'x' gives a text", "a number or null is expected"),
        parameters=[declared("x", TEXT)],
    ),
    bad(
        "a declared number into a cube",
        one("ndvi", data=par("data")),
        (INVALID, "n", "data", "gives a number", "a data cube"),
        parameters=[declared("data", NUMBER)],
    ),
    bad(
        "a declared cube into a number",
        one("add", x=par("x"), y=1),
        (INVALID, "n", "x", "gives a data cube"),
        parameters=[declared("x", CUBE)],
    ),
    bad(
        "a declared geometry into a box",
        flow(call("filter_bbox", extent=par("shape"))),
        (INVALID, "s1", "extent", "gives a GeoJSON object", "a bounding box"),
        parameters=[declared("shape", {"type": "object", "subtype": "geojson"})],
    ),
    bad(
        "an array handed to a child into a number",
        reduced(n=call("absolute", x=par("data"))),
        (INVALID, "s1/reducer/n", "x", "from_parameter 'data' gives an array"),
    ),
    bad(
        "an index into a text",
        reduced(
            a=call(
                "array_apply",
                data=par("data"),
                process=child(n=call("text_begins", data=par("index"), pattern="a")),
            ),
            b=call("first", data=ref("a")),
        ),
        (INVALID, "s1/reducer/a/process/n", "data", "gives an integer"),
    ),
    good(
        "the inner one of two of a name",
        flow(
            call(
                "apply_neighborhood",
                size=[{"dimension": "t", "value": None}],
                process=child(
                    n=call("apply_dimension", data=par("data"), dimension="t", process=reducer("cumsum"))
                ),
            )
        ),
    ),
    good(
        "a month and a cube by parameters",
        graph(
            n=load(temporal_extent=par("time"), spatial_extent=par("box")),
            m=call("filter_temporal", data=ref("n"), extent=MONTH),
        ),
        lenient=True,
    ),
]
