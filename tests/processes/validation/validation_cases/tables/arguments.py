"""Arguments: missing, unknown, and numbers and texts of the wrong type, for all kinds of types."""

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

ARGUMENTS: dict[str, list[Case]] = {
    "missing and unknown": MISSING_AND_UNKNOWN,
    "numbers": NUMBERS,
    "texts": TEXTS,
}
