"""Arguments for which the definition of a process names a code."""

from validation_cases.building import call, child, par, reducer, ref


def case(process_id, code, /, **arguments):
    return process_id, code, arguments


_YEARS = [["2024-01-01", "2025-01-01"], ["2024-01-01", "2026-01-01"]]
_BACKWARDS = ["2025-01-01", "2024-01-01"]
_EQUALS = child(c=call("eq", x=par("value"), y=1))
_FEWER = child(r=call("reduce_dimension", data=par("data"), dimension="t", reducer=reducer()))
_SAME = child(a=call("apply", data=par("data"), process=child(c=call("absolute", x=par("x")))))
_PIXEL = [{"dimension": "x", "value": 1, "unit": "px"}, {"dimension": "y", "value": 1, "unit": "px"}]
_MAIN, _WHOLE, _IN_METRES, _PLACES = ref("MAIN"), ref("WHOLE"), ref("METRES"), ref("places")
_LABELLED = ref("labelled")
CODES = [
    case("add_dimension", "DimensionExists", data=_MAIN, name="t", label=1),
    case(
        "aggregate_spatial",
        "TargetDimensionExists",
        data=_MAIN,
        geometries=_PLACES,
        reducer=reducer(),
        target_dimension="t",
    ),
    case("aggregate_temporal", "DimensionNotAvailable", data=_WHOLE, intervals=_YEARS[:1], reducer=reducer()),
    case(
        "aggregate_temporal",
        "DistinctDimensionLabelsRequired",
        data=_MAIN,
        intervals=_YEARS,
        reducer=reducer(),
    ),
    case("aggregate_temporal", "TemporalExtentEmpty", data=_MAIN, intervals=[_BACKWARDS], reducer=reducer()),
    case(
        "aggregate_temporal", "TooManyDimensions", data=ref("times"), intervals=_YEARS[:1], reducer=reducer()
    ),
    case(
        "aggregate_temporal_period", "DimensionNotAvailable", data=_WHOLE, period="month", reducer=reducer()
    ),
    case(
        "aggregate_temporal_period", "TooManyDimensions", data=ref("times"), period="month", reducer=reducer()
    ),
    case("apply_dimension", "DimensionNotAvailable", data=_MAIN, dimension="z", process=reducer()),
    case("apply_kernel", "KernelDimensionsUneven", data=_MAIN, kernel=[[1, 1]]),
    case("apply_neighborhood", "DataCubePropertiesImmutable", data=_MAIN, process=_FEWER, size=_PIXEL),
    case(
        "apply_neighborhood",
        "DimensionNotAvailable",
        data=_MAIN,
        process=_SAME,
        size=[{"dimension": "z", "value": 1}],
    ),
    case("apply_polygon", "GeometriesOverlap", data=_MAIN, geometries=ref("overlapping"), process=_SAME),
    case("array_append", "ArrayNotLabeled", data=[1], value=2, label="a"),
    case("array_append", "LabelExists", data=_LABELLED, value=2, label="a"),
    case("array_concat", "ArrayLabelConflict", array1=_LABELLED, array2=_LABELLED),
    case("array_create_labeled", "ArrayLengthMismatch", data=[1], labels=["a", "b"]),
    case("array_element", "ArrayElementNotAvailable", data=[1], index=1),
    case("array_element", "ArrayElementParameterConflict", data=_LABELLED, index=1, label="a"),
    case("array_element", "ArrayElementParameterMissing", data=[1]),
    case("array_element", "ArrayNotLabeled", data=[1], label="a"),
    case("array_modify", "ArrayElementNotAvailable", data=[1], values=[2], index=2),
    case("array_modify", "ArrayLabelConflict", data=_LABELLED, values=_LABELLED, index=0),
    case("clip", "MinMaxSwapped", x=1, min=2, max=1),
    case("dimension_labels", "DimensionNotAvailable", data=_MAIN, dimension="z"),
    case("drop_dimension", "DimensionLabelCountMismatch", data=_MAIN, name="t"),
    case("drop_dimension", "DimensionNotAvailable", data=_MAIN, name="z"),
    case("filter_bands", "BandFilterParameterMissing", data=_MAIN),
    case("filter_bands", "DimensionMissing", data=_WHOLE, bands=["B04"]),
    case("filter_labels", "DimensionNotAvailable", data=_MAIN, dimension="z", condition=_EQUALS),
    case("filter_temporal", "DimensionNotAvailable", data=_WHOLE, extent=_YEARS[0]),
    case("filter_temporal", "TemporalExtentEmpty", data=_MAIN, extent=_BACKWARDS),
    case(
        "flatten_dimensions",
        "DimensionNotAvailable",
        data=_MAIN,
        dimensions=["t", "z"],
        target_dimension="new",
    ),
    case(
        "flatten_dimensions",
        "TargetDimensionExists",
        data=_MAIN,
        dimensions=["t", "bands"],
        target_dimension="x",
    ),
    case(
        "load_collection",
        "NoDataAvailable",
        id="MAIN",
        spatial_extent=None,
        temporal_extent=["2030-01-01", None],
    ),
    case(
        "load_collection", "TemporalExtentEmpty", id="MAIN", spatial_extent=None, temporal_extent=_BACKWARDS
    ),
    case("load_stac", "TemporalExtentEmpty", url="https://files.test/a.json", temporal_extent=_BACKWARDS),
    case("load_uploaded_files", "FileNotFound", paths=["a.json"], format="GeoJSON"),
    case("load_url", "FormatUnsuitable", url="https://files.test/a.json", format="GeoJSON"),
    case("mask", "IncompatibleDataCubes", data=_WHOLE, mask=_MAIN),
    case("merge_cubes", "IncompatibleGeometryTypes", cube1=_PLACES, cube2=ref("points")),
    case("merge_cubes", "OverlapResolverMissing", cube1=_MAIN, cube2=_MAIN),
    case("ndvi", "BandExists", data=_MAIN, nir="B08", red="B04", target_band="B04"),
    case("ndvi", "DimensionAmbiguous", data=_WHOLE),
    case("ndvi", "NirBandAmbiguous", data=_IN_METRES, red="B04"),
    case("ndvi", "RedBandAmbiguous", data=_IN_METRES, nir="B04"),
    case("quantiles", "AscendingProbabilitiesRequired", data=[1, 2], probabilities=[0.5, 0.1]),
    case("quantiles", "QuantilesParameterConflict", data=[1, 2], probabilities=[0.5], q=2),
    case("quantiles", "QuantilesParameterMissing", data=[1, 2]),
    case("reduce_dimension", "DimensionNotAvailable", data=_MAIN, dimension="z", reducer=reducer()),
    case("rename_dimension", "DimensionExists", data=_MAIN, source="t", target="bands"),
    case("rename_dimension", "DimensionNotAvailable", data=_MAIN, source="z", target="new"),
    case("rename_labels", "LabelExists", data=_MAIN, dimension="bands", source=["B04"], target=["B08"]),
    case("rename_labels", "LabelMismatch", data=_MAIN, dimension="bands", source=["B04"], target=["a", "b"]),
    case("rename_labels", "LabelNotAvailable", data=_MAIN, dimension="bands", source=["z"], target=["a"]),
    case("rename_labels", "LabelsNotEnumerated", data=_MAIN, dimension="x", target=["a"]),
    case("resample_cube_temporal", "DimensionMismatch", data=_MAIN, target=ref("times")),
    case("resample_cube_temporal", "DimensionNotAvailable", data=_MAIN, target=_MAIN, dimension="z"),
    case(
        "unflatten_dimension",
        "DimensionNotAvailable",
        data=_MAIN,
        dimension="z",
        target_dimensions=["a", "b"],
    ),
    case(
        "unflatten_dimension",
        "TargetDimensionExists",
        data=_MAIN,
        dimension="t",
        target_dimensions=["x", "a"],
    ),
    case("vector_reproject", "DimensionNotAvailable", data=_PLACES, projection=3857, dimension="z"),
    case("vector_to_random_points", "CountMismatch", data=_PLACES, total_count=1),
]
_IEEE = "it is infinite, as IEEE 754 has it"
_METRES = "geometries are in degrees, and distances in metres on a projection of their own"
_ELSEWHERE = "tests of loading have it"
#: Codes that the definitions name and nothing leads to here, or is tried elsewhere.
OTHERS = {
    ("divide", "DivisionByZero"): _IEEE,
    ("mod", "DivisionByZero"): _IEEE,
    ("multiply", "MultiplicandMissing"): "both are required",
    ("load_stac", "NoDataAvailable"): _ELSEWHERE,
    ("load_stac", "PropertiesUnsupported"): "filters by properties are taken for all",
    ("load_uploaded_files", "FormatUnsuitable"): _ELSEWHERE,
    ("vector_buffer", "UnitMismatch"): _METRES,
    ("vector_to_regular_points", "UnitMismatch"): _METRES,
}
