"""User-defined processes: how they are called."""

from validation_cases.building import (
    BOX,
    CUBE,
    INVALID,
    NUMBER,
    REQUIRED,
    TEXT,
    UNSUPPORTED,
    bad,
    call,
    child,
    flow,
    good,
    graph,
    load,
    one,
    par,
    process,
    reducer,
    ref,
)

RASTER = {"type": "object", "subtype": "raster-cube"}
TWICE = process(graph(a=call("multiply", x=par("x"), y=2)), x=NUMBER)
SCALED = process(
    graph(a=call("multiply", x=par("x"), y=par("by"))),
    x=NUMBER,
    by={"schema": NUMBER, "optional": True, "default": 2},
)
EVI = process(
    flow(
        call(
            "reduce_dimension",
            dimension="bands",
            reducer=child(
                a=call("array_element", data=par("data"), label="B08"),
                b=call("multiply", x=ref("a"), y=par("gain")),
            ),
        ),
        source=call("trim_cube", data=par("cube")),
    ),
    cube=RASTER,
    gain={"schema": NUMBER, "default": 2.5},
)
LOADER = process(
    graph(
        n=load() | {"arguments": load()["arguments"] | {"spatial_extent": par("box"), "bands": par("bands")}}
    ),
    box={"type": "object", "subtype": "bounding-box"},
    bands={"type": "array", "items": TEXT},
)
UNTOLD = {"process_graph": graph(a=call("add", x=par("x"), y=1))}
COMPOSITE = process(
    graph(n=call("reduce_dimension", data=par("data"), dimension="t", reducer=par("how"))),
    data=CUBE,
    how={
        "type": "object",
        "subtype": "process-graph",
        "parameters": [{"name": "data", "description": "", "schema": {"type": "array"}}],
    },
)


USER_PROCESSES = [
    good("a number", one("twice", x=2), user_processes={"twice": TWICE}),
    good(
        "by its namespace",
        graph(n=call("twice", x=2) | {"namespace": "user"}),
        user_processes={"twice": TWICE},
    ),
    good(
        "in a child process",
        flow(call("apply", process=child(n=call("twice", x=par("x"))))),
        user_processes={"twice": TWICE},
    ),
    good("an optional one left out", one("scaled", x=2), user_processes={"scaled": SCALED}),
    good("an optional one", one("scaled", x=2, by=3), user_processes={"scaled": SCALED}),
    good(
        "a default without the word optional",
        graph(load=load(), n=call("evi", cube=ref("load"))),
        user_processes={"evi": EVI},
    ),
    good(
        "null for a default of null",
        one("p", x=None),
        user_processes={"p": process(one("pi"), x={"schema": NUMBER, "optional": True, "default": None})},
    ),
    good(
        "null for an optional one without default",
        one("p", x=None),
        user_processes={"p": process(one("pi"), x={"schema": NUMBER, "optional": True})},
    ),
    good("objects and lists", one("loader", box=BOX, bands=["B04"]), user_processes={"loader": LOADER}),
    good(
        "a child process as argument",
        flow(call("composite", how=reducer("max"))),
        user_processes={"composite": COMPOSITE},
    ),
    good("parameters that were not told", one("untold", x=1), user_processes={"untold": UNTOLD}),
    good("no parameters", one("mine"), user_processes={"mine": process(one("pi"))}),
    good(
        "what it returns goes on",
        graph(a=call("twice", x=2), b=call("add", x=ref("a"), y=1)),
        user_processes={"twice": TWICE},
    ),
    good(
        "what it declares to return goes on",
        graph(a=call("p"), b=call("text_begins", data=ref("a"), pattern="a")),
        user_processes={"p": process(one("constant", x=1)) | {"returns": {"schema": TEXT}}},
    ),
    good(
        "its own before a predefined one",
        one("absolute", y="any"),
        user_processes={"absolute": process(one("pi"), y=TEXT)},
    ),
    good(
        "the predefined one by its namespace",
        graph(n=call("absolute", x=1) | {"namespace": "backend"}),
        user_processes={"absolute": process(one("pi"), y=TEXT)},
    ),
    good(
        "twice in a graph",
        graph(a=call("twice", x=2), b=call("twice", x=ref("a"))),
        user_processes={"twice": TWICE},
    ),
    good(
        "in one another",
        one("outer", x=1),
        user_processes={"outer": process(one("twice", x=par("x")), x=NUMBER), "twice": TWICE},
    ),
    good(
        "cubes through and through",
        graph(
            load=load(),
            n=call("evi", cube=ref("load")),
            m=call("reduce_dimension", data=ref("n"), dimension="t", reducer=reducer()),
        ),
        user_processes={"evi": EVI},
    ),
    good(
        "a schema that is none",
        one("p", x=1),
        user_processes={"p": process(one("pi"), x={"type": "nonsense"})},
    ),
    good(
        "a pattern that is none",
        one("p", x="a"),
        user_processes={"p": process(one("pi"), x={"type": "string", "pattern": "("})},
    ),
    good(
        "a schema elsewhere",
        one("p", x=1),
        user_processes={"p": process(one("pi"), x={"$ref": "http://127.0.0.1:9/schema.json"})},
    ),
    good(
        "a schema in a file",
        one("p", x=1),
        user_processes={"p": process(one("pi"), x={"$ref": "file:///etc/hostname"})},
    ),
    good(
        "a schema with definitions",
        one("p", x=1),
        user_processes={"p": process(one("pi"), x={"$ref": "#/definitions/n", "definitions": {"n": NUMBER}})},
    ),
    good(
        "one of several schemas",
        one("p", x="a"),
        user_processes={"p": process(one("pi"), x={"schema": [NUMBER, TEXT]})},
    ),
    bad("an unknown one", one("mine", x=1), ("ProcessUnsupported", "n", None, "'mine'")),
    bad(
        "one by the wrong namespace",
        graph(n=call("twice", x=1) | {"namespace": "backend"}),
        ("ProcessUnsupported", "n", None, "'backend'"),
        user_processes={"twice": TWICE},
    ),
    bad(
        "missing", one("twice"), (REQUIRED, "n", "x", "'twice'", "a number"), user_processes={"twice": TWICE}
    ),
    bad(
        "unknown",
        one("twice", x=1, by=3),
        (UNSUPPORTED, "n", "by", "Available: 'x'"),
        user_processes={"twice": TWICE},
    ),
    bad(
        "any, where it has none",
        one("mine", x=1),
        (UNSUPPORTED, "n", "x", "It has no parameters."),
        user_processes={"mine": process(one("pi"))},
    ),
    bad(
        "of the wrong type",
        one("twice", x="2"),
        (INVALID, "n", "x", "expected a number, got a text ('2')"),
        (INVALID, "n/a", "x", "expected a number", "'2'"),
        user_processes={"twice": TWICE},
    ),
    bad(
        "a band that does not exist",
        one("loader", box=BOX, bands=["B04", "B99"]),
        (INVALID, "n/n", "bands", "unknown band 'B99'"),
        user_processes={"loader": LOADER},
    ),
    bad(
        "a band inside a list that does not exist, of a dimension that does not either",
        one("narrow", band="B99", dimension="time"),
        (INVALID, "n/load", "bands", "unknown band 'B99'"),
        ("DimensionNotAvailable", "n/s1", "name", "'time'"),
        user_processes={
            "narrow": process(
                flow(call("drop_dimension", name=par("dimension")), source=load(bands=["B04", par("band")])),
                band=TEXT,
                dimension=TEXT,
            )
        },
    ),
    bad(
        "a default that does not exist",
        one("by_default"),
        ("CollectionNotFound", "n/n", "id", "'SENTINEL2_L2A'"),
        user_processes={
            "by_default": process(
                graph(n=load() | {"arguments": load()["arguments"] | {"id": par("id")}}),
                id={"schema": TEXT, "default": "SENTINEL2_L2B"},
            )
        },
    ),
    good(
        "a parameter of a child process that hides one of the same name",
        one("hidden", x="a text"),
        user_processes={
            "hidden": process(flow(call("apply", process=child(a=call("add", x=par("x"), y=1)))), x=TEXT)
        },
    ),
    bad(
        "a cube for a number",
        graph(load=load(), n=call("p", x=ref("load"))),
        (INVALID, "n", "x", "gives a data cube", "a number is expected"),
        user_processes={"p": process(one("pi"), x=NUMBER)},
    ),
    bad(
        "a number for a cube",
        one("p", cube=1),
        (INVALID, "n", "cube", "a data cube from another node ({'from_node': …}), got an integer"),
        user_processes={"p": process(one("pi"), cube=RASTER)},
    ),
    bad(
        "an item of the wrong type",
        one("p", x=[1]),
        (INVALID, "n", "x", "[0]: expected a text"),
        user_processes={"p": process(one("pi"), x={"type": "array", "items": TEXT})},
    ),
    bad(
        "what does not match a pattern",
        one("p", x="b"),
        (INVALID, "n", "x", '"b" does not match "^a"'),
        user_processes={"p": process(one("pi"), x={"type": "string", "pattern": "^a"})},
    ),
    bad(
        "what fits none of several schemas",
        one("p", x=True),
        (INVALID, "n", "x", "a number or a text, got true"),
        user_processes={"p": process(one("pi"), x={"schema": [NUMBER, TEXT]})},
    ),
    bad(
        "what it declares to return does not fit",
        graph(a=call("p"), b=call("add", x=ref("a"), y=1)),
        (INVALID, "b", "x", "gives a text"),
        user_processes={"p": process(one("constant", x=1)) | {"returns": {"schema": TEXT}}},
    ),
    bad(
        "what its result gives does not fit",
        graph(a=call("p"), b=call("add", x=ref("a"), y=1)),
        (INVALID, "b", "x", "gives true or false"),
        user_processes={"p": process(one("is_valid", x=True))},
    ),
    bad(
        "its own before a predefined one, with other parameters",
        one("absolute", x=1),
        (REQUIRED, "n", "y"),
        (UNSUPPORTED, "n", "x"),
        user_processes={"absolute": process(one("pi"), y=TEXT)},
    ),
]
