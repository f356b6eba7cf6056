"""Arguments: missing, unknown, and literals of the wrong type, for all kinds of types."""

from typing import Any

from validation_cases.building import (
    BOX,
    FEATURE,
    MONTH,
    POLYGON,
    RING,
    Case,
    Graph,
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
)

REQUIRED, UNSUPPORTED, INVALID = "ProcessParameterRequired", "ProcessParameterUnsupported", "ProcessParameterInvalid"


def wrong(name: str, step: Graph, argument: str, *words: str, code: str = INVALID) -> Case:
    """Return a case of one wrong argument of one step after a load_collection."""
    return bad(name, flow(step), (code, "s1", argument, *words))


def wrong_scalar(name: str, process_id: str, argument: str, *words: str, **arguments: Any) -> Case:
    return bad(name, one(process_id, **arguments), (INVALID, "n", argument, *words))


def right(name: str, *steps: Graph) -> Case:
    return good(name, flow(*steps))


def wrong_load(name: str, argument: str, value: Any, *words: str, code: str = INVALID) -> Case:
    return bad(name, graph(n=load(**{argument: value})), (code, "n", argument, *words))


MISSING_AND_UNKNOWN = [
    good("optional ones left out", one("round", x=1.5)),
    good("null for an optional one", graph(load=load(properties=None, bands=None))),
    bad("one missing", one("add", x=1), (REQUIRED, "n", "y", "'y' is required", "a number or null")),
    bad("all missing", one("add"), (REQUIRED, "n", "x"), (REQUIRED, "n", "y")),
    bad("a child process missing", flow(call("apply")), (REQUIRED, "s1", "process", "a child process")),
    bad("a cube missing", one("ndvi"), (REQUIRED, "n", "data", "a data cube from another node")),
    bad("an extent missing", graph(n=call("load_collection", id="SENTINEL2_L2A", spatial_extent=None)), (REQUIRED, "n", "temporal_extent", "a temporal interval")),
    bad("missing in a child", flow(call("apply", process=child(r=call("add", x=par("x"))))), (REQUIRED, "s1/process/r", "y")),
    bad("one unknown", one("absolute", x=1, y=2), (UNSUPPORTED, "n", "y", "Known are: 'x'")),
    bad("a typo", one("round", x=1, P=2), (UNSUPPORTED, "n", "P", "Did you mean 'p'?")),
    bad("a name of other processes", flow(call("apply", reducer=reducer())), (REQUIRED, "s1", "process"), (UNSUPPORTED, "s1", "reducer", "'process'")),
    bad("the process has none", one("pi", x=1), (UNSUPPORTED, "n", "x", "There are none.")),
    bad("several unknown, in their order", one("pi", z=1, a=2, m=3), (UNSUPPORTED, "n", "z"), (UNSUPPORTED, "n", "a"), (UNSUPPORTED, "n", "m")),
    bad("array_element of nothing", one("array_element", data=[1]), ("ArrayElementParameterMissing", "n", None, "'index' or 'label'")),
    bad("array_element of too much", one("array_element", data=[1], index=0, label="a"), ("ArrayElementParameterConflict", "n", "label", "not both")),
    good("array_element with null for the other", one("array_element", data=[1], index=0, label=None)),
    bad("quantiles of nothing", one("quantiles", data=[1]), ("QuantilesParameterMissing", "n", None, "'probabilities' or 'q'")),
    bad("quantiles of too much", one("quantiles", data=[1], probabilities=[0.5], q=2), ("QuantilesParameterConflict", "n", "q", "not both")),
    bad("filter_bands of nothing", flow(call("filter_bands")), ("BandFilterParameterMissing", "s1", None, "'bands' or 'wavelengths'")),
    bad("filter_bands of empty lists", flow(call("filter_bands", bands=[], wavelengths=[])), ("BandFilterParameterMissing", "s1", None)),
    good("filter_bands by a parameter", flow(call("filter_bands", bands=par("bands"))), lenient=True),
]

NUMBERS = [
    good("integers where numbers are", one("add", x=1, y=-3)),
    good("null where it is allowed", one("add", x=None, y=1.5)),
    good("a whole number with a point for an integer", one("round", x=1.26, p=1.0)),
    good("enormous numbers", one("add", x=10**300, y=-1e300)),
    good("bounds themselves", one("arccos", x=1)),
    wrong_scalar("a text for a number", "add", "y", "expected a number or null, got a text ('1')", x=1, y="1"),
    wrong_scalar("true for a number", "add", "x", "got true", x=True, y=1),
    wrong_scalar("false for a number, though Python says that it is 0", "round", "p", "an integer, got false", x=1, p=False),
    wrong_scalar("an array for a number", "add", "y", "got an array", x=1, y=[1]),
    wrong_scalar("an object for a number", "add", "y", "got an object", x=1, y={"a": 1}),
    wrong_scalar("a misspelt reference", "add", "y", "got an object", x=1, y={"from_argument": "x"}),
    wrong_scalar("half a number for an integer", "round", "p", "an integer, got a number (1.5)", x=1, p=1.5),
    wrong_scalar("too small", "array_create", "repeat", "0", "minimum of 1", data=[1], repeat=0),
    wrong_scalar("too large", "arccos", "x", "2 is greater than the maximum of 1", x=2),
    wrong_scalar("a negative index", "array_element", "index", "-1", "minimum of 0", data=[1], index=-1),
    wrong_scalar("true for an index", "array_element", "index", "an integer, got true", data=[1], index=True),
    wrong_scalar("null for a number", "normalized_difference", "y", "a number, got null", x=1, y=None),
    wrong_scalar("a number for a truth value", "not", "x", "true or false or null, got an integer (1)", x=1),
    wrong_scalar("1 for a truth value, though Python says that it is the default", "sum", "ignore_nodata", "true or false, got an integer (1)", data=[1], ignore_nodata=1),
    wrong_scalar("a text for a truth value", "sum", "ignore_nodata", "got a text ('true')", data=[1], ignore_nodata="true"),
    wrong("a negative resolution", call("resample_spatial", resolution=-10), "resolution", "-10 is less than"),
]

TEXTS = [
    good("texts, numbers and truth values to put together", one("text_concat", data=["a", 1, 1.5, True, None])),
    good("a choice", flow(call("resample_spatial", resolution=10, method="bilinear"))),
    good("null where it is a choice", flow(call("sar_backscatter", coefficient=None), source=load("SENTINEL1_GRD", bands=["VV"]))),
    wrong_scalar("a number for a text", "text_begins", "pattern", "a text, got an integer (5)", data="a", pattern=5),
    wrong("no such choice", call("resample_spatial", method="bilinar"), "method", "'bilinar'", "Did you mean 'bilinear'?"),
    wrong("nothing like a choice", call("aggregate_temporal_period", period="fortnight", reducer=reducer()), "period", "'fortnight'", "Known are", "'month'"),
    wrong("a choice in capitals", call("aggregate_temporal_period", period="MONTH", reducer=reducer()), "period", "'month'"),
    wrong("a number for a choice", call("aggregate_temporal_period", period=30, reducer=reducer()), "period", "expected a text, got an integer (30)"),
    bad("an id with a space", graph(n=load("A B")), (INVALID, "n", "id", '"A B"', "does not match")),
    wrong_load("a number for an id", "id", 5, "a text, got an integer (5)"),
    good("a URL", one("load_stac", url="https://stac.test/item.json")),
    wrong_scalar("no URL", "load_stac", "url", "expected a URL", "item.json", url="item.json"),
    wrong_scalar("a URL of another scheme", "load_stac", "url", "expected a URL", url="ftp://stac.test/item"),
    good("an empty text", one("text_concat", data=[], separator="")),
    wrong("an empty separator", call("flatten_dimensions", dimensions=["t"], target_dimension="a", label_separator=""), "label_separator", '""'),
    wrong("a band name with a space", call("ndvi", target_band="the ndvi"), "target_band", "the ndvi"),
]

ARRAYS = [
    good("an empty array", one("mean", data=[])),
    good("anything in an array", one("count", data=[1, "a", None, [2], {"b": 3}, True])),
    good("nothing in a list of labels", flow(call("rename_labels", dimension="bands", target=[]))),
    wrong_scalar("a number for an array", "mean", "data", "expected an array, got an integer (1)", data=1),
    wrong_scalar("an object for an array", "mean", "data", "expected an array, got an object", data={"0": 1}),
    wrong_scalar("a text in an array of numbers", "mean", "data", "[1]: expected a number or null, got a text ('a')", data=[1, "a"]),
    wrong_scalar("many texts in an array of numbers", "mean", "data", "[0]:", "[2]:", "2 more like that", data=list("abcde")),
    wrong_scalar("an array in an array of numbers", "mean", "data", "[0]: expected a number or null, got an array", data=[[1]]),
    wrong_scalar("an integer in an array of truth values", "all", "data", "[1]: expected true or false or null", data=[True, 1]),
    wrong_scalar("a probability above 1", "quantiles", "probabilities", "[1]: 25 is greater than", data=[1], probabilities=[0.5, 25]),
    wrong_scalar("too few intervals", "quantiles", "q", "1 is less than the minimum of 2", data=[1], q=1),
    wrong_scalar("the same label twice", "array_create_labeled", "labels", "non-unique", data=[1, 2], labels=["a", "a"]),
    wrong_scalar("a truth value for a label", "array_create_labeled", "labels", "[0]", data=[1], labels=[True]),
    wrong_load("a text for a list of bands", "bands", "B04", "expected an array or null, got a text ('B04')"),
    wrong_load("no bands at all", "bands", [], "[] has less than 1 item"),
    wrong_load("a number for a band", "bands", [4], "[0]: expected a text, got an integer (4)"),
    wrong_load("an array for a band", "bands", [["B04"]], "[0]: expected a text, got an array"),
    wrong_load("an object for a band", "bands", [{"name": "B04"}], "[0]: expected a text, got an object"),
    wrong("too short a resolution", call("resample_spatial", resolution=[10]), "resolution", "[10] has less than 2 items"),
    right("a kernel", call("apply_kernel", kernel=[[0, 1, 0]] * 3)),
    right("a kernel of one row", call("apply_kernel", kernel=[[0.5, 1, 0.5]])),
    wrong("a flat kernel", call("apply_kernel", kernel=[1, 2, 1]), "kernel", "[0]: expected an array", "two-dimensional"),
    wrong("a kernel of texts", call("apply_kernel", kernel=[["1"]]), "kernel", "[0][0]: expected a number"),
    wrong("an even kernel", call("apply_kernel", kernel=[[1, 1], [1, 1]]), "kernel", "uneven", "3 by 3", code="KernelDimensionsUneven"),
    wrong("a ragged kernel", call("apply_kernel", kernel=[[1], [1, 1, 1], [1]]), "kernel", "same length", "1, 3, 1", code="KernelDimensionsUneven"),
    right("chunks", call("apply_neighborhood", size=[{"dimension": "x", "value": 128, "unit": "px"}, {"dimension": "t", "value": "P5D"}], process=child(r=call("constant", x=par("data"))))),
    wrong("chunks without a dimension", call("apply_neighborhood", size=[{"value": 128}], process=reducer("first")), "size", "[0]: 'dimension' is missing"),
    wrong("chunks in feet", call("apply_neighborhood", size=[{"dimension": "x", "value": 1, "unit": "ft"}], process=reducer("first")), "size", "[0].unit"),
    wrong("chunks of a duration in words", call("apply_neighborhood", size=[{"dimension": "t", "value": "month"}], process=reducer("first")), "size", "[0].value: expected", "ISO 8601 duration", "('month')"),
    wrong("a chunk instead of a list", call("apply_neighborhood", size={"dimension": "x", "value": 128}, process=reducer("first")), "size", "expected an array, got an object"),
]  # fmt: skip

EXTENTS = [
    *(
        good(f"boxes: {name}", graph(n=load(spatial_extent=box, bands=None)))
        for name, box in {
            "in degrees": BOX,
            "none": None,
            "with a code": BOX | {"crs": 4326},
            "with a name": BOX | {"crs": "EPSG:4326"},
            "in metres": {"west": 6e5, "south": 5.6e6, "east": 7e5, "north": 5.7e6, "crs": 32631},
            "with heights": BOX | {"base": 0, "height": 100.5},
            "with null heights": BOX | {"base": None, "height": None},
            "with members of others": BOX | {"title": "here"},
            "across the antimeridian": {"west": 179, "south": 0, "east": -179, "north": 1},
            "beyond the antimeridian": {"west": 179, "south": 0, "east": 181, "north": 1},
            "of the whole Earth": {"west": -180, "south": -90, "east": 180, "north": 90},
            "as WKT": {"west": 6e5, "south": 1, "east": 7e5, "north": 2, "crs": 'PROJCRS["…"]'},
        }.items()
    ),
    wrong_load("a box without north", "spatial_extent", {k: v for k, v in BOX.items() if k != "north"}, "'north' is missing", "west, south, east and north"),
    wrong_load("a box of texts", "spatial_extent", BOX | {"west": "5.0"}, "west: expected a number, got a text ('5.0')"),
    wrong_load("a list for a box", "spatial_extent", [5, 51, 6, 52], "a bounding box", "GeoJSON", "got an array"),
    wrong_load("an empty object for a box", "spatial_extent", {}, "a bounding box", "got an object"),
    wrong_load("a code that is none", "spatial_extent", BOX | {"crs": 99}, "crs: ", "EPSG code"),
    wrong_load("no area", "spatial_extent", BOX | {"west": 5.1}, "no area"),
    wrong_load("south and north swapped", "spatial_extent", BOX | {"south": 52}, "south (52) is north of north (51.3)"),
    wrong_load("west and east swapped, in metres", "spatial_extent", {"west": 7e5, "south": 1, "east": 6e5, "north": 2, "crs": 32631}, "is east of east"),
    wrong_load("metres without a code", "spatial_extent", {"west": 6e5, "south": 5.6e6, "east": 7e5, "north": 5.7e6}, "degrees", "'crs'"),
    wrong("a filter without area", call("filter_bbox", extent=BOX | {"north": 51.2}), "extent", "no area"),
    wrong("null for a filter", call("filter_bbox", extent=None), "extent", "expected a bounding box", "got null"),
    *(
        good(f"times: {name}", graph(n=load(temporal_extent=extent)))
        for name, extent in {
            "dates": MONTH,
            "none": None,
            "instants": ["2024-06-01T00:00:00Z", "2024-06-01T00:00:01.5Z"],
            "instants elsewhere": ["2024-06-01T12:00:00+02:00", "2024-06-01T11:00:00Z"],
            "a date and an instant": ["2024-06-01", "2024-06-01T01:00:00Z"],
            "open at the end": ["2024-06-01", None],
            "open at the beginning": [None, "2024-06-01"],
        }.items()
    ),
    wrong_load("a text for an interval", "temporal_extent", "2024-06", "a temporal interval", "got a text ('2024-06')"),
    wrong_load("half an interval", "temporal_extent", ["2024-06-01"], "less than 2 items", "a temporal interval"),
    wrong_load("too much for an interval", "temporal_extent", [*MONTH, "2024-08-01"], "more than 2 items"),
    wrong_load("an interval in words", "temporal_extent", ["June 2024", "July 2024"], "[0]: expected a date", "('June 2024')"),
    wrong_load("a day that is none", "temporal_extent", ["2024-06-31", "2024-07-01"], "[0]: expected a date", "('2024-06-31')"),
    wrong_load("an instant without a time zone", "temporal_extent", ["2024-06-01T00:00:00", None], "an instant, e.g. '2024-06-01T00:00:00Z'"),
    wrong_load("years", "temporal_extent", [2020, 2021], "[0]: expected a date", "got an integer (2020)"),
    wrong_load("an end before the start", "temporal_extent", MONTH[::-1], "must be after its start", code="TemporalExtentEmpty"),
    wrong_load("an end at the start", "temporal_extent", ["2024-06-01", "2024-06-01"], "its end is excluded", code="TemporalExtentEmpty"),
    wrong_load("an end before the start, elsewhere", "temporal_extent", ["2024-06-01T12:00:00Z", "2024-06-01T13:00:00+02:00"], "is empty", code="TemporalExtentEmpty"),
    wrong_load("open at both ends", "temporal_extent", [None, None], "open at one end at most"),
    wrong("a filter that is empty", call("filter_temporal", extent=MONTH[::-1]), "extent", "is empty", code="TemporalExtentEmpty"),
    wrong("null for a temporal filter", call("filter_temporal", extent=None), "extent", "a temporal interval", "got null"),
    right("intervals", call("aggregate_temporal", intervals=[MONTH, ["2024-07-01", None]], reducer=reducer())),
    right("times of day", call("aggregate_temporal", intervals=[["06:00:00", "18:00:00"], ["18:00:00", "06:00:00"]], reducer=reducer())),
    right("intervals with labels", call("aggregate_temporal", intervals=[MONTH], labels=["June"], reducer=reducer())),
    wrong("no intervals", call("aggregate_temporal", intervals=[], reducer=reducer()), "intervals", "less than 1 item", "a list of temporal intervals"),
    wrong("an interval for a list of them", call("aggregate_temporal", intervals=MONTH, reducer=reducer()), "intervals", "[0]: expected a temporal interval"),
    wrong("one of them empty", call("aggregate_temporal", intervals=[MONTH, MONTH[::-1]], reducer=reducer()), "intervals", "is empty", code="TemporalExtentEmpty"),
    wrong("too few labels", call("aggregate_temporal", intervals=[MONTH], labels=["a", "b"], reducer=reducer()), "labels", "2 labels for 1 intervals"),
    wrong("the same start twice", call("aggregate_temporal", intervals=[MONTH, ["2024-06-01", None]], reducer=reducer()), "intervals", "the same start", "'labels'", code="DistinctDimensionLabelsRequired"),
    good("a period across the antimeridian's collection", graph(n=load("PACIFIC", bands=None, spatial_extent={"west": 179, "south": -10, "east": -179, "north": -5}, temporal_extent=["2020-06-01", None]))),
    good("the far side of it", graph(n=load("PACIFIC", bands=None, spatial_extent={"west": -172, "south": -10, "east": -171, "north": -5}, temporal_extent=None))),
    good("the same, counted on", graph(n=load("PACIFIC", bands=None, spatial_extent={"west": 185, "south": -10, "east": 186, "north": -5}, temporal_extent=None))),
    bad("the other side of the Earth", graph(n=load("PACIFIC", bands=None, temporal_extent=None)), ("NoDataAvailable", "n", "spatial_extent", "'PACIFIC'", "[170, -30, -170, 0]")),
    bad("a time before the collection", graph(n=load("PACIFIC", bands=None, spatial_extent=None, temporal_extent=["2019-01-01", "2020-01-01"])), ("NoDataAvailable", "n", "temporal_extent", "2020-01-01T00:00:00Z to 2020-12-31T00:00:00Z")),
    bad("a time after the collection", graph(n=load("PACIFIC", bands=None, spatial_extent=None, temporal_extent=["2021-01-01", None])), ("NoDataAvailable", "n", "temporal_extent")),
    bad("a time before the satellite", graph(n=load(temporal_extent=[None, "2015-01-01"])), ("NoDataAvailable", "n", "temporal_extent", "2015-07-04T00:00:00Z to now")),
    bad("a place that is not covered", graph(n=load(spatial_extent={"west": 0, "south": -80, "east": 1, "north": -70})), ("NoDataAvailable", "n", "spatial_extent", "'SENTINEL2_L2A'", "-56")),
    bad("a box beside one with heights", graph(n=load("WITH_HEIGHTS", bands=None, spatial_extent={"west": 20, "south": 0, "east": 30, "north": 1})), ("NoDataAvailable", "n", "spatial_extent")),
    good("a cube without time is not limited in time", graph(n=load("COPERNICUS_30", bands=None, temporal_extent=["2030-01-01", None]))),
    good("a collection that says nothing of itself", graph(n=load("NOTHING_SAID", bands=["anything"]))),
]  # fmt: skip

GEOJSON = [
    *(
        right(f"geometries: {name}", call("aggregate_spatial", geometries=geometry, reducer=reducer()))
        for name, geometry in {
            "a point": {"type": "Point", "coordinates": [5.0, 51.2]},
            "a point with height": {"type": "Point", "coordinates": [5.0, 51.2, 3]},
            "points": {"type": "MultiPoint", "coordinates": [[5.0, 51.2]]},
            "a line": {"type": "LineString", "coordinates": RING},
            "lines": {"type": "MultiLineString", "coordinates": [RING]},
            "a polygon": POLYGON,
            "polygons": {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
            "none": {"type": "Polygon", "coordinates": []},
            "a feature": FEATURE,
            "a feature without a place": FEATURE | {"geometry": None},
            "features": {"type": "FeatureCollection", "features": [FEATURE, FEATURE | {"id": 5}]},
            "no features": {"type": "FeatureCollection", "features": []},
            "with a crs and a bbox": POLYGON | {"crs": {"type": "name"}, "bbox": [5, 51, 6, 52]},
        }.items()
    ),
    wrong("no coordinates", call("mask_polygon", mask={"type": "Polygon"}), "mask", "'coordinates' is missing", "a GeoJSON object"),
    wrong("a ring for a polygon", call("mask_polygon", mask={"type": "Polygon", "coordinates": RING}), "mask", "coordinates[0][0]: expected an array, got a number (5.0)"),
    wrong("coordinates of texts", call("mask_polygon", mask={"type": "Point", "coordinates": ["5", "51"]}), "mask", "coordinates[0]: expected a number"),
    wrong("one coordinate", call("mask_polygon", mask={"type": "Point", "coordinates": [5]}), "mask", "coordinates: [5] has less than 2 items"),
    wrong("no type of geometry", call("mask_polygon", mask={"type": "Square", "coordinates": []}), "mask", "type: there is no 'Square'", "'Polygon'"),
    wrong("no type at all", call("mask_polygon", mask={"coordinates": []}), "mask", "GeoJSON"),
    wrong("a collection of geometries", call("mask_polygon", mask={"type": "GeometryCollection", "geometries": []}), "mask", "there is no 'GeometryCollection'"),
    wrong("a feature without geometry", call("mask_polygon", mask={"type": "Feature", "properties": {}}), "mask", "'geometry' is missing"),
    wrong("features without features", call("mask_polygon", mask={"type": "FeatureCollection"}), "mask", "'features' is missing"),
    wrong("a fault in a feature", call("mask_polygon", mask={"type": "FeatureCollection", "features": [FEATURE, {"type": "Feature", "geometry": {"type": "Point"}}]}), "mask", "features[1].geometry: 'coordinates' is missing"),
    wrong("a geometry for a feature", call("mask_polygon", mask={"type": "FeatureCollection", "features": [POLYGON]}), "mask", "features[0].type: there is no 'Polygon'", "'Feature'"),
    wrong("a box for a geometry", call("mask_polygon", mask=BOX), "mask", "GeoJSON"),
    wrong("a text for a geometry", call("mask_polygon", mask="POLYGON((…))"), "mask", "a GeoJSON object or a data cube from another node, got a text"),
    good("a geometry to load", one("load_geojson", data=FEATURE, properties=["a"])),
    bad("a path for a geometry", one("load_geojson", data="a.geojson"), (INVALID, "n", "data", "a GeoJSON object, got a text ('a.geojson')")),
]  # fmt: skip

CUBES_AND_CHILDREN = [
    wrong("a cube written down", call("ndvi", data={"type": "datacube", "dimensions": {}}), "data", "a data cube from another node, got an object"),
    wrong("a name for a cube", call("ndvi", data="load"), "data", "a data cube from another node, got a text ('load')"),
    wrong("a child process for a cube", call("ndvi", data=reducer()), "data", "a data cube from another node, got an object"),
    wrong("null for a cube", call("ndvi", data=None), "data", "got null"),
    bad("a child process for a number", one("add", x=child(n=call("pi")), y=1), (INVALID, "n", "x", "expected a number or null, got an object")),
    wrong("a name for a child process", call("apply", process="absolute"), "process", "a child process, {'process_graph': {…}}, got a text ('absolute')"),
    wrong("nodes for a child process", call("apply", process={"n": call("absolute", x=1) | {"result": True}}), "process", "'process_graph' is missing", "a child process"),
    wrong("null for a child process", call("apply", process=None), "process", "got null"),
    good("null for a child process that may be left out", graph(load=load(), n=call("merge_cubes", cube1=ref("load"), cube2=ref("load"), overlap_resolver=None))),
    right("a condition, true or null", call("reduce_dimension", dimension="t", reducer=child(a=call("count", data=par("data"), condition=child(n=call("gt", x=par("x"), y=1))), b=call("count", data=par("data"), condition=True), c=call("count", data=par("data"), condition=None), d=call("sum", data=[ref("a"), ref("b"), ref("c")])))),
    bad("false for a condition", one("count", data=[], condition=False), (INVALID, "n", "condition", "true was expected")),
    good("filters by properties", graph(n=load(properties={"eo:cloud_cover": child(n=call("lte", x=par("value"), y=50))}))),
    wrong_load("a number for a filter by a property", "properties", {"eo:cloud_cover": 50}, "eo:cloud_cover: expected a child process"),
    bad("a fault in a filter by a property", graph(n=load(properties={"eo:cloud_cover": child(n=call("lte", x=par("x"), y=50))})), (REQUIRED, "n/properties/n", "x", "'value'")),
    right("options of all kinds", call("save_result", format="GTiff", options={"a": [1, {"b": None}]})),
    wrong("a list for options", call("save_result", format="GTiff", options=["a"]), "options", "an object, got an array"),
    bad("options that the process does not have", flow(call("sar_backscatter", options={"tile_size": 256}), source=load("SENTINEL1_GRD", bands=["VV"])), (INVALID, "s1", "options", "no member 'tile_size'")),
]  # fmt: skip

ARGUMENTS: dict[str, list[Case]] = {
    "missing and unknown": MISSING_AND_UNKNOWN,
    "numbers": NUMBERS,
    "texts": TEXTS,
    "arrays": ARRAYS,
    "extents": EXTENTS,
    "GeoJSON": GEOJSON,
    "cubes and child processes": CUBES_AND_CHILDREN,
}
