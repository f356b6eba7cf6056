"""Cases of loading and writing, bands, and several problems at once."""

from validation_cases.building import (
    BOX,
    INVALID,
    MONTH,
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
    ref,
)
from validation_cases.steps import (
    RENAME,
    bands,
    element,
    load_all,
    reduce,
    udf,
)

MISSING = "DimensionNotAvailable"
ELEMENT = "ArrayElementNotAvailable"


DATA = [
    good(
        "the usual collections",
        graph(
            a=load(),
            b=load("SENTINEL1_GRD", bands=["VV"]),
            c=load("LANDSAT8-9_C2_L2", bands=["B04"]),
            d=load("COPERNICUS_30", bands=["DEM"]),
        ),
    ),
    good(
        "a collection by a parameter",
        graph(n=load() | {"arguments": load()["arguments"] | {"id": par("id"), "bands": ["any"]}}),
        lenient=True,
    ),
    bad(
        "no such collection",
        graph(n=load("SENTINEL2_L2B")),
        ("CollectionNotFound", "n", "id", "'SENTINEL2_L2B' does not exist", "Did you mean 'SENTINEL2_L2A'"),
    ),
    bad("another case", graph(n=load("sentinel2_l2a")), ("CollectionNotFound", "n", "id", "'SENTINEL2_L2A'")),
    bad(
        "nothing like a collection",
        graph(n=load("XYZ")),
        ("CollectionNotFound", "n", "id", "Available: 'SENTINEL2_L2A'"),
    ),
    bad(
        "of an unknown collection nothing else is said",
        flow(bands("nothing"), reduce("nothing"), source=load("XYZ", bands=["nothing"])),
        ("CollectionNotFound", "load", "id"),
    ),
    good(
        "formats in any case",
        graph(
            load=load(),
            a=call("save_result", data=ref("load"), format="gtiff"),
            b=call("save_result", data=ref("load"), format="NETCDF"),
            c=call("save_result", data=ref("load"), format="geoJSON"),
        ),
    ),
    good("a format by a parameter", flow(call("save_result", format=par("format"))), lenient=True),
    bad(
        "no such format",
        flow(call("save_result", format="GeoTIF")),
        (INVALID, "s1", "format", "unknown file format to write 'GeoTIF'", "Did you mean 'GTiff'"),
    ),
    bad(
        "nothing like a format",
        flow(call("save_result", format="XLSX")),
        (INVALID, "s1", "format", "Available: 'GTiff', 'netCDF'"),
    ),
    good(
        "files in formats to read",
        graph(
            a=call("load_uploaded_files", paths=["a.json"], format="GeoJSON"),
            b=call("load_url", url="https://files.test/a", format="PARQUET"),
        ),
    ),
    bad(
        "a format that is only written",
        one("load_uploaded_files", paths=["a.png"], format="PNG"),
        (INVALID, "n", "format", "unknown file format to read 'PNG'", "'Parquet'"),
    ),
    bad(
        "an unknown format of a URL",
        one("load_url", url="https://files.test/a", format="KML"),
        (INVALID, "n", "format", "'KML'"),
    ),
    good(
        "runtimes in any case, with versions",
        flow(udf(runtime="python"), udf(runtime="PYTHON", version="3.11"), udf(runtime="R", version=None)),
    ),
    bad(
        "no such runtime",
        flow(udf(runtime="Pyton")),
        ("InvalidRuntime", "s1", "runtime", "Unknown UDF runtime 'Pyton'", "Did you mean 'Python'?"),
    ),
    bad(
        "no such version",
        flow(udf(version="2.7")),
        ("InvalidVersion", "s1", "version", "'Python' has no version '2.7'", "3.11"),
    ),
    bad(
        "no such version of a runtime that does not exist",
        flow(udf(runtime="Fortran", version="77")),
        ("InvalidRuntime", "s1", "runtime", "Available: 'Python', 'R'"),
    ),
    bad(
        "a runtime in a child",
        flow(call("apply", process=child(u=udf(data=par("x"), runtime="Julia")))),
        ("InvalidRuntime", "s1/process/u", "runtime", "'Julia'"),
    ),
]

BANDS = [
    good("by name", graph(n=load(bands=["B8A", "SCL"]))),
    good("by common name", flow(bands("red", "nir"), source=load(bands=["nir", "red"]))),
    good("by both", flow(bands("red", "B08"))),
    good("all of a common name", flow(bands("B05", "B06", "B07"), source=load(bands=["rededge"]))),
    good(
        "one name that another band has as a common one",
        flow(bands("blue"), source=load("SENTINEL2_L2A", bands=["B02"])),
    ),
    good("ndvi by common names", flow(call("ndvi"))),
    good("ndvi by names", flow(call("ndvi", nir="B08", red="red"))),
    good("ndvi of all bands", flow(call("ndvi"), source=load_all())),
    good("the band that ndvi adds", flow(call("ndvi", target_band="v"), bands("v", "B04"))),
    good("after an unknown UDF", flow(udf(), bands("anything"))),
    good(
        "after a UDF along unknown bands",
        flow(
            call("apply_dimension", dimension="bands", process=child(u=udf(data=par("data")))),
            bands("anything"),
        ),
    ),
    good(
        "after a UDF along time they are known",
        flow(call("apply_dimension", dimension="t", process=child(u=udf(data=par("data")))), bands("B04")),
    ),
    good(
        "of some wavelengths",
        flow(call("filter_bands", wavelengths=[[0.6, 0.9]]), bands("B04", "B08"), call("ndvi")),
    ),
    bad(
        "of wavelengths that were left out",
        flow(call("filter_bands", wavelengths=[[0.6, 0.7]]), bands("B04"), call("ndvi")),
        ("NirBandAmbiguous", "s3", "nir", "'nir' was left out"),
    ),
    good(
        "after a filter by an unknown parameter",
        flow(call("filter_bands", bands=par("b")), bands("B04", "anything")),
        lenient=True,
    ),
    good(
        "after a load by an unknown parameter",
        flow(bands("B11", "anything"), source=load(bands=par("b"))),
        lenient=True,
    ),
    bad(
        "of labels that a filter does not keep",
        flow(
            call(
                "filter_labels",
                dimension="bands",
                condition=child(n=call("text_begins", data=par("value"), pattern="B")),
            ),
            bands("anything"),
        ),
        (INVALID, "s2", "bands", "unknown band 'anything'", "'B04'"),
    ),
    good(
        "what backscatter adds",
        flow(
            call("sar_backscatter", mask=True),
            bands("VV", "mask"),
            source=load("SENTINEL1_GRD", bands=["VV"]),
        ),
    ),
    good("elements", flow(element(index=1))),
    good(
        "elements by label and by common name",
        graph(
            load=load(),
            a=element(label="B04") | {"arguments": element(label="B04")["arguments"] | {"data": ref("load")}},
            b=element(label="nir") | {"arguments": element(label="nir")["arguments"] | {"data": ref("load")}},
        ),
    ),
    good("elements that need not be there", flow(element(label="B11", return_nodata=True))),
    good("elements by number that need not be there", flow(element(index=7, return_nodata=True))),
    bad(
        "elements of time beyond the last",
        flow(
            call(
                "reduce_dimension",
                dimension="t",
                reducer=child(e=call("array_element", data=par("data"), index=99)),
            )
        ),
        (ELEMENT, "s1/reducer/e", "index", "no element 99", "'t'"),
    ),
    good(
        "elements of other arrays",
        flow(
            call(
                "reduce_dimension",
                dimension="bands",
                reducer=child(
                    a=call("array_create", data=[1, par("data")]),
                    e=call("array_element", data=ref("a"), index=9),
                ),
            )
        ),
    ),
    good(
        "elements of what apply_dimension made",
        flow(
            call(
                "apply_dimension",
                dimension="bands",
                process=child(a=call("array_append", data=par("data"), value=1)),
            ),
            element(index=2),
        ),
    ),
    bad(
        "no such band to load",
        graph(n=load(bands=["B04", "B80"])),
        (INVALID, "n", "bands", "unknown band 'B80'", "Did you mean", "'B08'"),
    ),
    bad(
        "two of them",
        graph(n=load(bands=["B80", "green", "purple"])),
        (INVALID, "n", "bands", "'B80'"),
        (INVALID, "n", "bands", "'purple'"),
    ),
    bad("a band of another product", graph(n=load(bands=["B10"])), (INVALID, "n", "bands", "'B10'")),
    bad(
        "a band that was not loaded",
        flow(bands("B11")),
        (INVALID, "s1", "bands", "'B11' was left out before", "'B04', 'B08'"),
    ),
    bad(
        "a band that was filtered out",
        flow(bands("B04"), bands("B08")),
        (INVALID, "s2", "bands", "'B08'", "'B04'"),
    ),
    bad(
        "a common name that was filtered out",
        flow(bands("B04"), bands("nir")),
        (INVALID, "s2", "bands", "'nir' was left out", "'B04'"),
    ),
    bad(
        "a band of another case", flow(bands("b04")), (INVALID, "s1", "bands", "'b04'", "Did you mean 'B04'")
    ),
    bad(
        "bands that were reduced",
        flow(reduce("bands"), bands("B04")),
        ("DimensionMissing", "s2", "data", "no dimension of bands", "'x', 'y', 't'"),
    ),
    bad(
        "bands that ndvi dropped",
        flow(call("ndvi"), bands("B04")),
        ("DimensionMissing", "s2", "data", "no dimension of bands"),
    ),
    bad(
        "ndvi without red",
        flow(call("ndvi"), source=load(bands=["B08"])),
        ("RedBandAmbiguous", "s1", "red", "'red' was left out", "'B08'"),
    ),
    bad(
        "ndvi without either",
        flow(call("ndvi"), source=load("SENTINEL1_GRD", bands=["VV"])),
        ("NirBandAmbiguous", "s1", "nir", "'nir'"),
        ("RedBandAmbiguous", "s1", "red", "'red'"),
    ),
    bad(
        "ndvi by a name that is none",
        flow(call("ndvi", nir="B8")),
        ("NirBandAmbiguous", "s1", "nir", "Unknown band 'B8'", "'B08'"),
    ),
    bad(
        "ndvi twice",
        flow(call("ndvi"), call("ndvi")),
        ("DimensionAmbiguous", "s2", "data", "no dimension of bands"),
    ),
    bad(
        "a band that is there already",
        flow(call("ndvi", target_band="B04")),
        ("BandExists", "s1", "target_band", "'B04' already"),
    ),
    bad(
        "a label that was renamed away",
        flow(RENAME, bands("B04")),
        (INVALID, "s2", "bands", "unknown band 'B04'"),
    ),
    bad(
        "a common name of what was renamed",
        flow(RENAME, call("ndvi")),
        ("RedBandAmbiguous", "s2", "red", "'red'"),
    ),
    bad(
        "an element that was not loaded",
        flow(element(label="B11")),
        (ELEMENT, "s1/reducer/e", "label", "Unknown band 'B11'", "'B04'"),
    ),
    bad(
        "an element beyond the last",
        flow(element(index=2)),
        (ELEMENT, "s1/reducer/e", "index", "no element 2", "is 1."),
    ),
    bad(
        "an element of a filtered cube",
        flow(bands("B08"), element(index=1)),
        (ELEMENT, "s2/reducer/e", "index", "is 0."),
    ),
    bad(
        "an element in apply_dimension",
        flow(
            call(
                "apply_dimension",
                dimension="bands",
                process=child(e=call("array_element", data=par("data"), label="B1")),
            )
        ),
        (ELEMENT, "s1/process/e", "label", "'B1'"),
    ),
]

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
        graph(
            load=load(), a=call("ndvi", data=ref("load"), nir="a"), b=call("ndvi", data=ref("load"), red="b")
        ),
        ("NirBandAmbiguous", "a", "nir"),
        ("RedBandAmbiguous", "b", "red"),
    ),
    bad(
        "of a node and of its child",
        flow(call("reduce_dimension", dimension="tt", reducer=child(m=call("mean")))),
        (MISSING, "s1", "dimension"),
        ("ProcessParameterRequired", "s1/reducer/m", "data"),
    ),
]

CUBES: dict[str, list[Case]] = {
    "data, formats, runtimes": DATA,
    "bands": BANDS,
    "several": SEVERAL,
}
