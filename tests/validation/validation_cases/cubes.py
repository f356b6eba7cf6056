"""What happens to dimensions and labels on the way through a graph, and what there is to load and to write."""

from typing import Any

from validation_cases.building import (
    BOX,
    FEATURE,
    MONTH,
    POLYGON,
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

INVALID, MISSING = "ProcessParameterInvalid", "DimensionNotAvailable"
ELEMENT = "ArrayElementNotAvailable"


def bands(*names: str) -> Graph:
    return call("filter_bands", bands=list(names))


def reduce(dimension: str) -> Graph:
    return call("reduce_dimension", dimension=dimension, reducer=reducer("first"))


def element(**arguments: Any) -> Graph:
    """Return a reduction of bands to one of them."""
    return call("reduce_dimension", dimension="bands", reducer=child(e=call("array_element", data=par("data"), **arguments)))


def udf(**arguments: Any) -> Graph:
    return call("run_udf", **({"udf": "a\n", "runtime": "Python"} | arguments))


def load_all(collection: str = "SENTINEL2_L2A") -> Graph:
    return load(collection, bands=None)


APPLY_UDF = call("apply", process=child(u=udf(data=par("x"))))
RENAME = call("rename_labels", dimension="bands", source=["B04"], target=["r"])

DATA = [
    good("the usual collections", graph(a=load(), b=load("SENTINEL1_GRD", bands=["VV"]), c=load("LANDSAT8-9_C2_L2", bands=["B04"]), d=load("COPERNICUS_30", bands=["DEM"]))),
    good("a collection by a parameter", graph(n=load() | {"arguments": load()["arguments"] | {"id": par("id"), "bands": ["any"]}}), lenient=True),
    bad("no such collection", graph(n=load("SENTINEL2_L2B")), ("CollectionNotFound", "n", "id", "'SENTINEL2_L2B' does not exist", "Did you mean 'SENTINEL2_L2A'")),
    bad("another case", graph(n=load("sentinel2_l2a")), ("CollectionNotFound", "n", "id", "'SENTINEL2_L2A'")),
    bad("nothing like a collection", graph(n=load("XYZ")), ("CollectionNotFound", "n", "id", "Known are: 'SENTINEL2_L2A'")),
    bad("of an unknown collection nothing else is said", flow(bands("nothing"), reduce("nothing"), source=load("XYZ", bands=["nothing"])), ("CollectionNotFound", "load", "id")),
    good("formats in any case", graph(load=load(), a=call("save_result", data=ref("load"), format="gtiff"), b=call("save_result", data=ref("load"), format="NETCDF"), c=call("save_result", data=ref("load"), format="geoJSON"))),
    good("a format by a parameter", flow(call("save_result", format=par("format"))), lenient=True),
    bad("no such format", flow(call("save_result", format="GeoTIF")), (INVALID, "s1", "format", "no file format to write 'GeoTIF'", "Did you mean 'GTiff'")),
    bad("nothing like a format", flow(call("save_result", format="XLSX")), (INVALID, "s1", "format", "Known are: 'GTiff', 'netCDF'")),
    good("files in formats to read", graph(a=call("load_uploaded_files", paths=["a.json"], format="GeoJSON"), b=call("load_url", url="https://files.test/a", format="PARQUET"))),
    bad("a format that is only written", one("load_uploaded_files", paths=["a.png"], format="PNG"), (INVALID, "n", "format", "no file format to read 'PNG'", "'Parquet'")),
    bad("an unknown format of a URL", one("load_url", url="https://files.test/a", format="KML"), (INVALID, "n", "format", "'KML'")),
    good("runtimes in any case, with versions", flow(udf(runtime="python"), udf(runtime="PYTHON", version="3.11"), udf(runtime="R", version=None))),
    bad("no such runtime", flow(udf(runtime="Pyton")), ("InvalidRuntime", "s1", "runtime", "There is no UDF runtime 'Pyton'", "Did you mean 'Python'?")),
    bad("no such version", flow(udf(version="2.7")), ("InvalidVersion", "s1", "version", "'Python' has no version '2.7'", "3.11")),
    bad("no such version of a runtime that does not exist", flow(udf(runtime="Fortran", version="77")), ("InvalidRuntime", "s1", "runtime", "Known are: 'Python', 'R'")),
    bad("a runtime in a child", flow(call("apply", process=child(u=udf(data=par("x"), runtime="Julia")))), ("InvalidRuntime", "s1/process/u", "runtime", "'Julia'")),
]  # fmt: skip

BANDS = [
    good("by name", graph(n=load(bands=["B8A", "SCL"]))),
    good("by common name", flow(bands("red", "nir"), source=load(bands=["nir", "red"]))),
    good("by both", flow(bands("red", "B08"))),
    good("all of a common name", flow(bands("B05", "B06", "B07"), source=load(bands=["rededge"]))),
    good("one name that another band has as a common one", flow(bands("blue"), source=load("SENTINEL2_L2A", bands=["B02"]))),
    good("ndvi by common names", flow(call("ndvi"))),
    good("ndvi by names", flow(call("ndvi", nir="B08", red="red"))),
    good("ndvi of all bands", flow(call("ndvi"), source=load_all())),
    good("the band that ndvi adds", flow(call("ndvi", target_band="v"), bands("v", "B04"))),
    good("after a UDF nobody knows", flow(udf(), bands("anything"))),
    good("after a UDF along bands nobody knows", flow(call("apply_dimension", dimension="bands", process=child(u=udf(data=par("data")))), bands("anything"))),
    good("after a UDF along time they are known", flow(call("apply_dimension", dimension="t", process=child(u=udf(data=par("data")))), bands("B04"))),
    good("after a filter by wavelengths nobody knows", flow(call("filter_bands", wavelengths=[[0.6, 0.7]]), bands("B04"), call("ndvi"))),
    good("after a filter by a parameter nobody knows", flow(call("filter_bands", bands=par("b")), bands("B04", "anything")), lenient=True),
    good("after a load by a parameter nobody knows", flow(bands("B11", "anything"), source=load(bands=par("b"))), lenient=True),
    good("after a filter of labels nobody knows", flow(call("filter_labels", dimension="bands", condition=child(n=call("text_begins", data=par("value"), pattern="B"))), bands("anything"))),
    good("what backscatter adds", flow(call("sar_backscatter", mask=True), bands("VV", "mask"), source=load("SENTINEL1_GRD", bands=["VV"]))),
    good("elements", flow(element(index=1))),
    good("elements by label and by common name", graph(load=load(), a=element(label="B04") | {"arguments": element(label="B04")["arguments"] | {"data": ref("load")}}, b=element(label="nir") | {"arguments": element(label="nir")["arguments"] | {"data": ref("load")}})),
    good("elements that need not be there", flow(element(label="B11", return_nodata=True))),
    good("elements by number that need not be there", flow(element(index=7, return_nodata=True))),
    good("elements of what is not labelled by bands", flow(call("reduce_dimension", dimension="t", reducer=child(e=call("array_element", data=par("data"), index=99))))),
    good("elements of other arrays", flow(call("reduce_dimension", dimension="bands", reducer=child(a=call("array_create", data=[1, par("data")]), e=call("array_element", data=ref("a"), index=9))))),
    good("elements of what apply_dimension made", flow(call("apply_dimension", dimension="bands", process=child(a=call("array_append", data=par("data"), value=1))), element(index=2))),
    bad("no such band to load", graph(n=load(bands=["B04", "B80"])), (INVALID, "n", "bands", "no band 'B80'", "Did you mean 'B08'")),
    bad("two of them", graph(n=load(bands=["B80", "green", "purple"])), (INVALID, "n", "bands", "'B80'"), (INVALID, "n", "bands", "'purple'")),
    bad("a band of another product", graph(n=load(bands=["B10"])), (INVALID, "n", "bands", "'B10'")),
    bad("a band that was not loaded", flow(bands("B11")), (INVALID, "s1", "bands", "no band 'B11'", "'B04', 'B08'")),
    bad("a band that was filtered out", flow(bands("B04"), bands("B08")), (INVALID, "s2", "bands", "'B08'", "'B04'")),
    bad("a common name that was filtered out", flow(bands("B04"), bands("nir")), (INVALID, "s2", "bands", "'nir'", "'B04'", "'red'")),
    bad("a band of another case", flow(bands("b04")), (INVALID, "s1", "bands", "'b04'", "Did you mean 'B04'")),
    bad("bands that were reduced", flow(reduce("bands"), bands("B04")), ("DimensionMissing", "s2", "data", "no dimension of bands", "'x', 'y', 't'")),
    bad("bands that ndvi dropped", flow(call("ndvi"), bands("B04")), ("DimensionMissing", "s2", "data", "no dimension of bands")),
    bad("ndvi without red", flow(call("ndvi"), source=load(bands=["B08"])), (INVALID, "s1", "red", "no band 'red'")),
    bad("ndvi without either", flow(call("ndvi"), source=load("SENTINEL1_GRD", bands=["VV"])), (INVALID, "s1", "nir", "'nir'"), (INVALID, "s1", "red", "'red'")),
    bad("ndvi by a name that is none", flow(call("ndvi", nir="B8")), (INVALID, "s1", "nir", "no band 'B8'", "'B08'")),
    bad("ndvi twice", flow(call("ndvi"), call("ndvi")), ("DimensionAmbiguous", "s2", "data", "no dimension of bands")),
    bad("a band that is there already", flow(call("ndvi", target_band="B04")), ("BandExists", "s1", "target_band", "'B04' already")),
    bad("a label that was renamed away", flow(RENAME, bands("B04")), (INVALID, "s2", "bands", "'B04'", "'r'")),
    bad("a common name of what was renamed", flow(RENAME, call("ndvi")), (INVALID, "s2", "red", "'red'")),
    bad("an element that was not loaded", flow(element(label="B11")), (ELEMENT, "s1/reducer/e", "label", "no band 'B11'", "'B04'")),
    bad("an element beyond the last", flow(element(index=2)), (ELEMENT, "s1/reducer/e", "index", "no element 2", "has 2 labels")),
    bad("an element of a filtered cube", flow(bands("B08"), element(index=1)), (ELEMENT, "s2/reducer/e", "index", "has 1 labels")),
    bad("an element in apply_dimension", flow(call("apply_dimension", dimension="bands", process=child(e=call("array_element", data=par("data"), label="B1")))), (ELEMENT, "s1/process/e", "label", "'B1'")),
]  # fmt: skip

DIMENSIONS = [
    good("each reduced once", flow(reduce("t"), reduce("bands"), reduce("x"), reduce("y"))),
    good("by a parameter", flow(call("reduce_dimension", dimension=par("d"), reducer=reducer()), reduce("anything")), lenient=True),
    good("renamed", flow(call("rename_dimension", source="t", target="time"), call("filter_temporal", extent=MONTH, dimension="time"), reduce("time"))),
    good("renamed to what it is", flow(call("rename_dimension", source="t", target="t"), reduce("t"))),
    good("added and dropped", flow(call("add_dimension", name="new", label="a", type="other"), call("drop_dimension", name="new"))),
    good("added, of time", flow(reduce("t"), call("add_dimension", name="t", label="2024-06-01", type="temporal"), call("filter_temporal", extent=MONTH))),
    good("added, of bands", flow(reduce("bands"), call("add_dimension", name="bands", label="v", type="bands"), bands("v"))),
    good("one band dropped", flow(call("drop_dimension", name="bands"), source=load(bands=["B04"]))),
    good("labels nobody knows dropped", flow(udf(), call("drop_dimension", name="t"))),
    good("flattened and back", flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb"), reduce("tb"))),
    good("unflattened", flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb"), call("unflatten_dimension", dimension="tb", target_dimensions=["t", "bands"]), reduce("t"), reduce("bands"))),
    good("moved to another", flow(call("apply_dimension", dimension="t", target_dimension="q", process=child(q=call("quantiles", data=par("data"), q=4))), reduce("q"), call("ndvi"))),
    good("moved to one that is there", flow(call("apply_dimension", dimension="t", target_dimension="bands", process=child(q=call("quantiles", data=par("data"), q=4))), bands("any"))),
    good("time of each kind of process", flow(call("filter_temporal", extent=MONTH), call("aggregate_temporal_period", period="month", reducer=reducer()), call("aggregate_temporal", intervals=[MONTH], reducer=reducer(), dimension="t"), call("filter_temporal", extent=MONTH, dimension=None))),
    good("a filter of several times", flow(call("filter_temporal", extent=MONTH), source=load("TWO_TIMES", bands=None))),
    good("one of several times", flow(call("aggregate_temporal_period", period="month", reducer=reducer(), dimension="forecast"), source=load("TWO_TIMES", bands=None))),
    good("zonal statistics", flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer()), reduce("t"), reduce("geometry"))),
    good("zonal statistics with counts", flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer(), target_dimension="stats"), reduce("stats"))),
    good("zonal statistics of a vector cube", graph(load=load(), v=call("load_geojson", data=FEATURE), b=call("vector_buffer", geometries=ref("v"), distance=5), n=call("aggregate_spatial", data=ref("load"), geometries=ref("b"), reducer=reducer()), m=call("reduce_dimension", data=ref("n"), dimension="geometry", reducer=reducer()))),
    good("zonal statistics of geometries nobody knows", graph(load=load(), v=call("load_url", url="https://files.test/a", format="GeoJSON"), n=call("aggregate_spatial", data=ref("load"), geometries=ref("v"), reducer=reducer()), m=call("reduce_dimension", data=ref("n"), dimension="any", reducer=reducer()))),
    good("zonal statistics of geometries by a parameter", flow(call("aggregate_spatial", geometries=par("g"), reducer=reducer()), reduce("any")), lenient=True),
    good("features with properties", graph(v=call("load_geojson", data=FEATURE, properties=["a"]), n=call("reduce_dimension", data=ref("v"), dimension="properties", reducer=reducer("first")))),
    good("everything in space", flow(call("filter_bbox", extent=BOX), call("resample_spatial", resolution=20), call("apply_kernel", kernel=[[1]]), call("mask_polygon", mask=POLYGON), call("aggregate_spatial_window", reducer=reducer(), size=[2, 2]), call("reduce_spatial", reducer=reducer()))),
    good("merged", graph(a=load(bands=["B04"]), b=load(bands=["B08"]), m=call("merge_cubes", cube1=ref("a"), cube2=ref("b")), n=call("ndvi", data=ref("m")))),
    good("merged with less", graph(a=load(), b=load("COPERNICUS_30", bands=["DEM"]), c=call("reduce_dimension", data=ref("b"), dimension="bands", reducer=reducer("first")), m=call("merge_cubes", cube1=ref("a"), cube2=ref("c"), overlap_resolver=child(n=call("add", x=par("x"), y=par("y")))), n=call("filter_bands", data=ref("m"), bands=["B04"]))),
    good("merged with what nobody knows", graph(a=load(), b=call("run_udf", data=ref("a"), udf="a\n", runtime="R"), m=call("merge_cubes", cube1=ref("a"), cube2=ref("b")), n=call("filter_bands", data=ref("m"), bands=["any"]))),
    good("labels swapped", flow(call("rename_labels", dimension="bands", source=["B04", "B08"], target=["B08", "B04"]))),
    good("labels by their order", flow(call("rename_labels", dimension="bands", target=["r"]), bands("r", "B08"))),
    good("labels of time", flow(call("rename_labels", dimension="t", source=["2024-06-01"], target=["first"]))),
    good("labels by common names", flow(call("rename_labels", dimension="bands", source=["red"], target=["r"]), bands("r", "nir"))),
    good("per pixel everything stays", flow(APPLY_UDF, bands("B04"), reduce("t"))),
    good("resampled cubes keep theirs", graph(a=load(), b=load("SENTINEL1_GRD", bands=["VV"]), c=call("resample_cube_spatial", data=ref("b"), target=ref("a")), n=call("filter_bands", data=ref("c"), bands=["VV"]))),
    bad("reduced twice", flow(reduce("t"), reduce("t")), (MISSING, "s2", "dimension", "no dimension 't'", "'x', 'y', 'bands'")),
    bad("a typo", flow(reduce("band")), (MISSING, "s1", "dimension", "'band'", "Did you mean 'bands'?")),
    bad("of other back-ends", flow(reduce("time")), (MISSING, "s1", "dimension", "'time'", "'t'")),
    bad("renamed away", flow(call("rename_dimension", source="t", target="time"), reduce("t")), (MISSING, "s2", "dimension", "'t'", "'time'")),
    bad("renamed to one that is there", flow(call("rename_dimension", source="t", target="x")), ("DimensionExists", "s1", "target", "'x' already")),
    bad("renamed from nothing", flow(call("rename_dimension", source="time", target="when")), (MISSING, "s1", "source", "'time'")),
    bad("added though it is there", flow(call("add_dimension", name="bands", label="a")), ("DimensionExists", "s1", "name", "'bands' already", "another name")),
    bad("dropped though it is not there", flow(call("drop_dimension", name="time")), (MISSING, "s1", "name", "'time'")),
    bad("dropped with two labels", flow(call("drop_dimension", name="bands")), ("DimensionLabelCountMismatch", "s1", "name", "has 2", "reduce_dimension")),
    bad("time of a cube without", flow(call("aggregate_temporal_period", period="month", reducer=reducer()), source=load("COPERNICUS_30", bands=["DEM"])), (MISSING, "s1", "data", "no temporal dimension", "'x', 'y', 'bands'")),
    bad("time filtered of a cube without", flow(call("filter_temporal", extent=MONTH), source=load("COPERNICUS_30", bands=["DEM"])), (MISSING, "s1", "data", "no temporal dimension")),
    bad("time that was reduced", flow(reduce("t"), call("filter_temporal", extent=MONTH)), (MISSING, "s2", "data", "no temporal dimension")),
    bad("time with null for its name", flow(reduce("t"), call("filter_temporal", extent=MONTH, dimension=None)), (MISSING, "s2", "data", "no temporal dimension")),
    bad("time by a name that is none", flow(call("filter_temporal", extent=MONTH, dimension="time")), (MISSING, "s1", "dimension", "'time'")),
    bad("time that is space", flow(call("filter_temporal", extent=MONTH, dimension="x")), (MISSING, "s1", "dimension", "not temporal but of type 'spatial'")),
    bad("several times", flow(call("aggregate_temporal_period", period="month", reducer=reducer()), source=load("TWO_TIMES", bands=None)), ("TooManyDimensions", "s1", "dimension", "name one")),
    bad("space that was reduced", flow(call("reduce_spatial", reducer=reducer()), call("filter_bbox", extent=BOX)), (MISSING, "s2", "data", "no spatial dimensions", "'t', 'bands'")),
    bad("space of zonal statistics", flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer()), reduce("x")), (MISSING, "s2", "dimension", "'x'", "'geometry'")),
    bad("counts in a dimension that is there", flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer(), target_dimension="t")), ("TargetDimensionExists", "s1", "target_dimension", "'t' already")),
    bad("chunks along nothing", flow(call("apply_neighborhood", size=[{"dimension": "x", "value": 1}, {"dimension": "time", "value": 1}], overlap=[{"dimension": "z", "value": 1}], process=child(c=call("constant", x=par("data"))))), (MISSING, "s1", "size", "'time'"), (MISSING, "s1", "overlap", "'z'")),
    bad("applied along nothing", flow(call("apply_dimension", dimension="time", process=child(c=call("cumsum", data=par("data"))))), (MISSING, "s1", "dimension", "'time'")),
    bad("moved away", flow(call("apply_dimension", dimension="t", target_dimension="q", process=child(c=call("cumsum", data=par("data")))), reduce("t")), (MISSING, "s2", "dimension", "'t'", "'q'")),
    bad("labels of nothing", flow(call("dimension_labels", dimension="time")), (MISSING, "s1", "dimension", "'time'")),
    bad("flattened, of which one is nothing", flow(call("flatten_dimensions", dimensions=["t", "b"], target_dimension="tb")), (MISSING, "s1", "dimensions", "'b'")),
    bad("flattened to one that is there", flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="x")), ("TargetDimensionExists", "s1", "target_dimension", "'x' already")),
    bad("flattened away", flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb"), reduce("bands")), (MISSING, "s2", "dimension", "'bands'", "'tb'")),
    bad("unflattened to one that is there", flow(call("unflatten_dimension", dimension="bands", target_dimensions=["a", "x"])), ("TargetDimensionExists", "s1", "target_dimensions", "'x' already")),
    bad("a label that is none", flow(call("rename_labels", dimension="bands", source=["B4"], target=["r"])), (INVALID, "s1", "source", "no band 'B4'", "'B04'")),
    bad("too many new labels", flow(call("rename_labels", dimension="bands", target=["a", "b", "c"])), ("LabelMismatch", "s1", "target", "3 new labels", "the 2 there are")),
    bad("fewer new labels than old ones", flow(call("rename_labels", dimension="bands", source=["B04", "B08"], target=["a"])), ("LabelMismatch", "s1", "target", "1 new labels", "2 old ones")),
    bad("the same for labels nobody knows", flow(call("rename_labels", dimension="t", source=["2024-06-01"], target=["a", "b"])), ("LabelMismatch", "s1", "target", "2 new labels", "1 old ones")),
    bad("a new label that is there", flow(call("rename_labels", dimension="bands", source=["B04"], target=["B08"])), ("LabelExists", "s1", "target", "'B08' already")),
    bad("labels of an unknown dimension", flow(call("rename_labels", dimension="band", target=["a"])), (MISSING, "s1", "dimension", "Did you mean 'bands'?")),
    bad("a label of another kind", flow(call("add_dimension", name="run", label="a"), call("rename_labels", dimension="run", source=["b"], target=["c"])), (INVALID, "s2", "source", "no label in dimension 'run' 'b'", "'a'")),
    bad("an element of another kind", flow(call("add_dimension", name="run", label="a"), call("reduce_dimension", dimension="run", reducer=child(e=call("array_element", data=par("data"), label="b")))), (ELEMENT, "s2/reducer/e", "label", "no label in dimension 'run' 'b'", "'a'")),
]  # fmt: skip

SEVERAL = [
    bad(
        "of all kinds, in the order of the nodes",
        flow(
            bands("B99"),
            call("filter_bbox", extent=BOX | {"south": 60}),
            call("nvdi"),
            call("save_result", format="TIFF2", colour="red"),
            source=load(temporal_extent=["2024-06-01"]),
        ),
        (INVALID, "load", "temporal_extent"),
        (INVALID, "s1", "bands"),
        (INVALID, "s2", "extent"),
        ("ProcessUnsupported", "s3", None),
        ("ProcessParameterUnsupported", "s4", "colour"),
        (INVALID, "s4", "format"),
    ),
    bad(
        "of one node: missing, unknown, wrong, and what it means",
        flow(call("filter_temporal", extents=MONTH, dimension="when")),
        ("ProcessParameterRequired", "s1", "extent"),
        ("ProcessParameterUnsupported", "s1", "extents", "Did you mean 'extent'?"),
        (MISSING, "s1", "dimension"),
    ),
    bad(
        "what depends on a wrong argument is not reported, too",
        flow(bands("B11"), call("ndvi"), source=load(bands="B04")),
        (INVALID, "load", "bands"),
    ),
    bad(
        "each of two branches",
        graph(load=load(), a=call("ndvi", data=ref("load"), nir="a"), b=call("ndvi", data=ref("load"), red="b")),
        (INVALID, "a", "nir"),
        (INVALID, "b", "red"),
    ),
    bad(
        "of a node and of its child",
        flow(call("reduce_dimension", dimension="tt", reducer=child(m=call("mean")))),
        (MISSING, "s1", "dimension"),
        ("ProcessParameterRequired", "s1/reducer/m", "data"),
    ),
]  # fmt: skip

CUBES: dict[str, list[Case]] = {
    "data, formats, runtimes": DATA,
    "bands": BANDS,
    "dimensions": DIMENSIONS,
    "several": SEVERAL,
}
