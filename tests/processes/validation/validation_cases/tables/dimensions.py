"""Dimensions on the way through a graph."""

from validation_cases.building import (
    BOX,
    FEATURE,
    MONTH,
    POLYGON,
    bad,
    call,
    child,
    flow,
    good,
    graph,
    load,
    par,
    reducer,
    ref,
)
from validation_cases.steps import (
    APPLY_UDF,
    bands,
    reduce,
    udf,
)

MISSING = "DimensionNotAvailable"

DIMENSIONS = [
    good("each reduced once", flow(reduce("t"), reduce("bands"), reduce("x"), reduce("y"))),
    good(
        "by a parameter",
        flow(call("reduce_dimension", dimension=par("d"), reducer=reducer()), reduce("anything")),
        lenient=True,
    ),
    good("renamed to what it is", flow(call("rename_dimension", source="t", target="t"), reduce("t"))),
    good(
        "added and dropped",
        flow(call("add_dimension", name="new", label="a", type="other"), call("drop_dimension", name="new")),
    ),
    good(
        "added, of time",
        flow(
            reduce("t"),
            call("add_dimension", name="t", label="2024-06-01", type="temporal"),
            call("filter_temporal", extent=MONTH),
        ),
    ),
    good(
        "added, of bands",
        flow(reduce("bands"), call("add_dimension", name="bands", label="v", type="bands"), bands("v")),
    ),
    good("one band dropped", flow(call("drop_dimension", name="bands"), source=load(bands=["B04"]))),
    good("unknown labels dropped", flow(udf(), call("drop_dimension", name="t"))),
    good(
        "flattened and back",
        flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb"), reduce("tb")),
    ),
    good(
        "unflattened",
        flow(
            call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb"),
            call("unflatten_dimension", dimension="tb", target_dimensions=["t", "bands"]),
            reduce("t"),
            reduce("bands"),
        ),
    ),
    good(
        "moved to another",
        flow(
            call(
                "apply_dimension",
                dimension="t",
                target_dimension="q",
                process=child(q=call("quantiles", data=par("data"), q=4)),
            ),
            reduce("q"),
            call("ndvi"),
        ),
    ),
    good(
        "moved to one that is there",
        flow(
            call(
                "apply_dimension",
                dimension="t",
                target_dimension="bands",
                process=child(q=call("quantiles", data=par("data"), q=4)),
            ),
            bands("any"),
        ),
    ),
    good(
        "zonal statistics",
        flow(
            call("aggregate_spatial", geometries=POLYGON, reducer=reducer()), reduce("t"), reduce("geometry")
        ),
    ),
    good(
        "zonal statistics with counts",
        flow(
            call("aggregate_spatial", geometries=POLYGON, reducer=reducer(), target_dimension="stats"),
            reduce("stats"),
        ),
    ),
    good(
        "zonal statistics of a vector cube",
        graph(
            load=load(),
            v=call("load_geojson", data=FEATURE),
            b=call("vector_buffer", geometries=ref("v"), distance=5),
            n=call("aggregate_spatial", data=ref("load"), geometries=ref("b"), reducer=reducer()),
            m=call("reduce_dimension", data=ref("n"), dimension="geometry", reducer=reducer()),
        ),
    ),
    good(
        "zonal statistics of unknown geometries",
        graph(
            load=load(),
            v=call("load_url", url="https://files.test/a", format="GeoJSON"),
            n=call("aggregate_spatial", data=ref("load"), geometries=ref("v"), reducer=reducer()),
            m=call("reduce_dimension", data=ref("n"), dimension="any", reducer=reducer()),
        ),
    ),
    good(
        "zonal statistics of geometries by a parameter",
        flow(call("aggregate_spatial", geometries=par("g"), reducer=reducer()), reduce("any")),
        lenient=True,
    ),
    good(
        "features with properties",
        graph(
            v=call("load_geojson", data=FEATURE, properties=["a"]),
            n=call("reduce_dimension", data=ref("v"), dimension="properties", reducer=reducer("first")),
        ),
    ),
    good(
        "everything in space",
        flow(
            call("filter_bbox", extent=BOX),
            call("resample_spatial", resolution=20),
            call("apply_kernel", kernel=[[1]]),
            call("mask_polygon", mask=POLYGON),
            call("aggregate_spatial_window", reducer=reducer(), size=[2, 2]),
            call("reduce_spatial", reducer=reducer()),
        ),
    ),
    good(
        "merged",
        graph(
            a=load(bands=["B04"]),
            b=load(bands=["B08"]),
            m=call("merge_cubes", cube1=ref("a"), cube2=ref("b")),
            n=call("ndvi", data=ref("m")),
        ),
    ),
    good(
        "merged with less",
        graph(
            a=load(),
            b=load("COPERNICUS_30", bands=["DEM"]),
            c=call("reduce_dimension", data=ref("b"), dimension="bands", reducer=reducer("first")),
            m=call(
                "merge_cubes",
                cube1=ref("a"),
                cube2=ref("c"),
                overlap_resolver=child(n=call("add", x=par("x"), y=par("y"))),
            ),
            n=call("filter_bands", data=ref("m"), bands=["B04"]),
        ),
    ),
    good(
        "merged with an unknown cube",
        graph(
            a=load(),
            b=call("run_udf", data=ref("a"), udf="a\n", runtime="R"),
            m=call("merge_cubes", cube1=ref("a"), cube2=ref("b")),
            n=call("filter_bands", data=ref("m"), bands=["any"]),
        ),
    ),
    good("per pixel everything stays", flow(APPLY_UDF, bands("B04"), reduce("t"))),
    good(
        "resampled cubes keep theirs",
        graph(
            a=load(),
            b=load("SENTINEL1_GRD", bands=["VV"]),
            c=call("resample_cube_spatial", data=ref("b"), target=ref("a")),
            n=call("filter_bands", data=ref("c"), bands=["VV"]),
        ),
    ),
    bad(
        "reduced twice",
        flow(reduce("t"), reduce("t")),
        (MISSING, "s2", "dimension", "no dimension 't'", "'x', 'y', 'bands'"),
    ),
    bad("a typo", flow(reduce("band")), (MISSING, "s1", "dimension", "'band'", "Did you mean 'bands'?")),
    bad("of other back-ends", flow(reduce("time")), (MISSING, "s1", "dimension", "'time'", "'t'")),
    bad(
        "renamed away",
        flow(call("rename_dimension", source="t", target="time"), reduce("t")),
        (MISSING, "s2", "dimension", "'t'", "'time'"),
    ),
    bad(
        "renamed to one that is there",
        flow(call("rename_dimension", source="t", target="x")),
        ("DimensionExists", "s1", "target", "'x' already"),
    ),
    bad(
        "renamed from nothing",
        flow(call("rename_dimension", source="time", target="when")),
        (MISSING, "s1", "source", "'time'"),
    ),
    bad(
        "added though it is there",
        flow(call("add_dimension", name="bands", label="a")),
        ("DimensionExists", "s1", "name", "'bands' already", "another name"),
    ),
    bad(
        "dropped though it is not there",
        flow(call("drop_dimension", name="time")),
        (MISSING, "s1", "name", "'time'"),
    ),
    bad(
        "dropped with two labels",
        flow(call("drop_dimension", name="bands")),
        ("DimensionLabelCountMismatch", "s1", "name", "has 2", "reduce_dimension"),
    ),
    bad(
        "space that was reduced",
        flow(call("reduce_spatial", reducer=reducer()), call("filter_bbox", extent=BOX)),
        (MISSING, "s2", "data", "no spatial dimensions", "'t', 'bands'"),
    ),
    bad(
        "space of zonal statistics",
        flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer()), reduce("x")),
        (MISSING, "s2", "dimension", "'x'", "'geometry'"),
    ),
    bad(
        "counts in a dimension that is there",
        flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer(), target_dimension="t")),
        ("TargetDimensionExists", "s1", "target_dimension", "'t' already"),
    ),
    bad(
        "counts in the dimension of geometries",
        flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer(), target_dimension="geometry")),
        ("TargetDimensionExists", "s1", "target_dimension", "'geometry' already"),
    ),
    bad(
        "chunks along nothing",
        flow(
            call(
                "apply_neighborhood",
                size=[{"dimension": "x", "value": 1}, {"dimension": "time", "value": 1}],
                overlap=[{"dimension": "z", "value": 1}],
                process=child(c=call("constant", x=par("data"))),
            )
        ),
        (MISSING, "s1", "size", "'time'"),
        (MISSING, "s1", "overlap", "'z'"),
    ),
    bad(
        "neighbourhoods that lose a dimension",
        flow(
            call(
                "apply_neighborhood",
                size=[{"dimension": "x", "value": 1, "unit": "px"}],
                process=child(
                    r=call("reduce_dimension", data=par("data"), dimension="t", reducer=reducer("mean"))
                ),
            )
        ),
        ("DataCubePropertiesImmutable", "s1", "process", "'bands' of"),
    ),
    bad(
        "applied along nothing",
        flow(call("apply_dimension", dimension="time", process=child(c=call("cumsum", data=par("data"))))),
        (MISSING, "s1", "dimension", "'time'"),
    ),
    bad(
        "moved away",
        flow(
            call(
                "apply_dimension",
                dimension="t",
                target_dimension="q",
                process=child(c=call("cumsum", data=par("data"))),
            ),
            reduce("t"),
        ),
        (MISSING, "s2", "dimension", "'t'", "'q'"),
    ),
    bad(
        "labels of nothing",
        flow(call("dimension_labels", dimension="time")),
        (MISSING, "s1", "dimension", "'time'"),
    ),
    bad(
        "flattened, of which one is nothing",
        flow(call("flatten_dimensions", dimensions=["t", "b"], target_dimension="tb")),
        (MISSING, "s1", "dimensions", "'b'"),
    ),
    bad(
        "flattened to one that is there",
        flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="x")),
        ("TargetDimensionExists", "s1", "target_dimension", "'x' already"),
    ),
    bad(
        "flattened away",
        flow(call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb"), reduce("bands")),
        (MISSING, "s2", "dimension", "'bands'", "'tb'"),
    ),
    bad(
        "unflattened to one that is there",
        flow(call("unflatten_dimension", dimension="bands", target_dimensions=["a", "x"])),
        ("TargetDimensionExists", "s1", "target_dimensions", "'x' already"),
    ),
]
