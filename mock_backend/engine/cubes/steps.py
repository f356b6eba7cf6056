"""Effects of each process on the dimensions of a data cube, and its limits.

A step gets a call with what is known of its cubes and returns the cube that comes out; None if
that is not known. What is not known (a label given as a parameter, a cube from a user-defined
function) is never remarked on.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mock_backend.engine.cubes.call import CubeCall
from mock_backend.engine.cubes.cube import Cube, Dimension
from mock_backend.engine.cubes.sources import SOURCES

Step = Callable[[CubeCall, Cube], Cube | None]


def follow(call: CubeCall) -> Cube | None:
    """Return the cube that a call makes; None if it is not known, or no cube.

    What is wrong with the call is in its ``remarks`` afterwards.
    """
    source = SOURCES.get(call.process_id)
    if source is not None:
        return source(call)
    step, cube = STEPS.get(call.process_id), call.cubes.get("data")
    if step is None or cube is None:
        return None
    made = step(call, cube)
    # Code of a user may return other bands and other dimensions.
    return None if call.runs_udf else made


# -- bands ----------------------------------------------------------------------------------------------


def _filter_bands(call: CubeCall, cube: Cube) -> Cube | None:
    if not cube.of_kind("bands"):
        call.remark(
            "unknown-dimension",
            "DimensionMissing",
            "data",
            f"The data cube has no dimension of bands to filter; {_told(cube)}.",
        )
        return cube
    bands, wavelengths = call.labels("bands"), call.value("wavelengths")
    if not (bands or wavelengths or call.is_open("bands") or call.is_open("wavelengths")):
        call.remark(
            "missing-argument",
            "BandFilterParameterMissing",
            None,
            "filter_bands needs 'bands' or 'wavelengths' to know which bands to keep.",
        )
        return cube
    dimension = cube.bands
    if dimension is None:
        return None
    sound = call.check_labels(dimension, bands or (), "bands")
    if not bands or wavelengths or call.is_open("wavelengths"):
        return cube.with_(dimension.unlabelled())
    return cube.with_(dimension.only(bands)) if sound else cube


def _ndvi(call: CubeCall, cube: Cube) -> Cube | None:
    _of_space(call, cube)
    dimension = cube.bands
    if dimension is None:
        call.remark(
            "unknown-dimension",
            "DimensionAmbiguous",
            "data",
            f"The data cube has no dimension of bands, or several, and ndvi needs one; {_told(cube)}.",
        )
        return cube
    for argument, code in (("nir", "NirBandAmbiguous"), ("red", "RedBandAmbiguous")):
        if (band := call.text(argument)) is not None:
            call.check_labels(dimension, [band], argument, code)
    target = call.text("target_band")
    if target is None:
        return None if call.is_open("target_band") else cube.without(dimension.name)
    if dimension.labels is None:
        return cube
    if target in dimension.labels:
        call.remark(
            "unknown-band",
            "BandExists",
            "target_band",
            f"There is a band {target!r} already; choose another name.",
        )
        return cube
    return cube.with_(replace(dimension, labels=(*dimension.labels, target)))


def _new_bands(call: CubeCall, cube: Cube) -> Cube | None:  # noqa: ARG001  # the signature of a step
    dimension = cube.bands
    return cube if dimension is None else cube.with_(dimension.unlabelled())


# -- time and space -------------------------------------------------------------------------------------


def _of_time(call: CubeCall, cube: Cube) -> Cube | None:
    """Work on temporal dimensions: the one that is named, or all there are."""
    found = call.dimension(cube)
    if found is not None and found.kind not in ("temporal", "other"):
        call.remark(
            "unknown-dimension",
            "DimensionNotAvailable",
            "dimension",
            f"The dimension {found.name!r} is not temporal but of type {found.kind!r}.",
        )
    if not _names_one(call) and not cube.of_kind("temporal"):
        call.remark(
            "unknown-dimension",
            "DimensionNotAvailable",
            "data",
            f"The data cube has no temporal dimension; {_told(cube)}.",
        )
    return cube


def _of_one_time(call: CubeCall, cube: Cube) -> Cube | None:
    """Work on one temporal dimension, which has to be named if there are several."""
    if not _names_one(call) and len(cube.of_kind("temporal")) > 1:
        call.remark(
            "unknown-dimension",
            "TooManyDimensions",
            "dimension",
            "The data cube has several temporal dimensions: name one with 'dimension'.",
        )
    return _of_time(call, cube)


def _names_one(call: CubeCall) -> bool:
    return call.value("dimension") is not None or call.is_open("dimension")


def _of_space(call: CubeCall, cube: Cube) -> Cube | None:
    """Work on the spatial dimensions, which the cube must have."""
    if not cube.of_kind("spatial", "geometry"):
        call.remark(
            "unknown-dimension",
            "DimensionNotAvailable",
            "data",
            f"The data cube has no spatial dimensions; {_told(cube)}.",
        )
    return cube


def _resample_cube_temporal(call: CubeCall, cube: Cube) -> Cube | None:
    target, name = call.cubes.get("target"), call.text("dimension")
    if target is not None and not call.is_open("dimension"):
        mine, others = (
            {each.name for each in one.of_kind("temporal") if name in (None, each.name)}
            for one in (cube, target)
        )
        if mine and mine != others:
            message = f"The temporal dimensions are {sorted(mine)}, and those of 'target' {sorted(others)}."
            call.remark("unknown-dimension", "DimensionMismatch", "target", message)
    return _of_time(call, cube)


def _of_geometries(call: CubeCall, cube: Cube) -> Cube | None:
    call.dimension(cube)
    return cube


def _apply_neighborhood(call: CubeCall, cube: Cube) -> Cube | None:
    for argument in ("size", "overlap"):
        chunks = call.value(argument)
        for chunk in chunks if isinstance(chunks, list) else ():
            name = chunk.get("dimension") if isinstance(chunk, dict) else None
            if isinstance(name, str) and name not in cube.dimensions:
                call.no_dimension(cube, name, argument)
    return cube


def _reduce_spatial(call: CubeCall, cube: Cube) -> Cube | None:
    _of_space(call, cube)
    return cube.without(*(each.name for each in cube.of_kind("spatial")))


def _aggregate_spatial(call: CubeCall, cube: Cube) -> Cube | None:
    _of_space(call, cube)
    left = cube.without(*(each.name for each in cube.of_kind("spatial")))
    geometries = call.cubes.get("geometries")
    if geometries is not None:
        left = left.with_(*geometries.of_kind("geometry"))
    elif isinstance(call.value("geometries"), dict):
        left = left.with_(Dimension("geometry", "geometry"))
    else:
        return None
    target = call.text("target_dimension")
    if target is None:
        return None if call.is_open("target_dimension") else left
    if target in cube.dimensions:
        call.exists("TargetDimensionExists", "target_dimension", target)
    return left.with_(Dimension(target, "other", ("value", "total_count", "valid_count")))


# -- dimensions and labels ------------------------------------------------------------------------------


def _same(call: CubeCall, cube: Cube) -> Cube:  # noqa: ARG001  # the signature of a step
    return cube


def _reduce_dimension(call: CubeCall, cube: Cube) -> Cube | None:
    if call.text("dimension") is None:
        return None
    found = call.dimension(cube)
    return cube if found is None else cube.without(found.name)


def _add_dimension(call: CubeCall, cube: Cube) -> Cube | None:
    name, label = call.text("name"), call.value("label")
    if name is None:
        return None
    if name in cube.dimensions:
        call.exists("DimensionExists", "name", name)
        return cube
    labels = (label,) if label is not None else None
    return cube.with_(Dimension(name, call.text("type") or "other", labels))


def _drop_dimension(call: CubeCall, cube: Cube) -> Cube | None:
    if call.text("name") is None:
        return None
    found = call.dimension(cube, "name")
    if found is None:
        return cube
    if found.labels is not None and len(found.labels) > 1:
        call.remark(
            "unknown-dimension",
            "DimensionLabelCountMismatch",
            "name",
            f"Only a dimension with one label can be dropped; {found.name!r} has {len(found.labels)}. "
            "Use reduce_dimension to reduce it.",
        )
    return cube.without(found.name)


def _rename_dimension(call: CubeCall, cube: Cube) -> Cube | None:
    source, target = call.text("source"), call.text("target")
    if source is None or target is None:
        return None
    found = call.dimension(cube, "source")
    if target in cube.dimensions and target != source:
        call.exists("DimensionExists", "target", target)
        return cube
    return cube if found is None else cube.renamed(source, target)


def _rename_labels(call: CubeCall, cube: Cube) -> Cube | None:
    if call.text("dimension") is None:
        return None
    dimension = call.dimension(cube)
    if dimension is None:
        return cube
    if dimension.kind == "spatial" and dimension.labels is None:
        message = (
            f"The labels of dimension {dimension.name!r} are places of pixels, which have no other names."
        )
        call.remark("unknown-label", "LabelsNotEnumerated", "dimension", message)
        return cube
    source, target = call.labels("source"), call.labels("target")
    if call.is_open("source") or target is None:
        return cube.with_(dimension.unlabelled())
    if source and len(source) != len(target):
        _mismatch(call, len(target), len(source))
        return cube
    if dimension.labels is None:
        return cube.with_(dimension.unlabelled())
    if source:
        if not call.check_labels(dimension, source, "source", "LabelNotAvailable"):
            return cube
        source = _meant(dimension, source)
    elif len(target) > len(dimension.labels):
        _mismatch(call, len(target), len(dimension.labels))
        return cube
    else:
        # Only labels that are numbers may be left out; many back-ends take them for any, in their order.
        source = list(dimension.labels)[: len(target)]
    taken = set(dimension.labels) - set(source)
    for label in target:
        if label in taken:
            message = f"The dimension {dimension.name!r} has a label {label!r} already; choose another name."
            call.remark("unknown-label", "LabelExists", "target", message)
        taken.add(label)
    return cube.with_(dimension.renamed(dict(zip(source, target, strict=True))))


def _meant(dimension: Dimension, labels: list[Any]) -> list[Any]:
    """Return labels as the dimension has them; an alias is the first label it stands for."""
    return [(dimension.only([each]).labels or (each,))[0] for each in labels]


def _mismatch(call: CubeCall, new: int, old: int) -> None:
    message = (
        f"There must be as many new labels as old ones of dimension {call.text('dimension')!r}, "
        f"not {new} for {old}."
    )
    call.remark("unknown-label", "LabelMismatch", "target", message)


def _relabel(call: CubeCall, cube: Cube) -> Cube | None:
    """Change a dimension's labels to something that is not known here."""
    if call.text("dimension") is None:
        return None
    found = call.dimension(cube)
    if found is None:
        return cube
    if call.is_open("target_dimension"):
        return None
    target = call.text("target_dimension")
    if target is not None and target != found.name:
        known = cube.dimensions.get(target)
        return cube.without(found.name).with_(Dimension(target, known.kind if known else "other"))
    return cube.with_(found.unlabelled())


def _flatten(call: CubeCall, cube: Cube) -> Cube | None:
    names, target = call.labels("dimensions"), call.text("target_dimension")
    if names is None or target is None:
        return None
    for name in names:
        if name not in cube.dimensions:
            call.no_dimension(cube, name, "dimensions")
    left = cube.without(*names)
    if target in left.dimensions:
        call.exists("TargetDimensionExists", "target_dimension", target)
    return left.with_(Dimension(target, "other"))


def _unflatten(call: CubeCall, cube: Cube) -> Cube | None:
    found, targets = call.dimension(cube), call.labels("target_dimensions")
    if found is None or targets is None:
        return None
    left = cube.without(found.name)
    for name in targets:
        if name in left.dimensions:
            call.exists("TargetDimensionExists", "target_dimensions", name)
    return left.with_(*(Dimension(name, "other") for name in targets))


def _dimension_labels(call: CubeCall, cube: Cube) -> None:
    call.dimension(cube)


def _told(cube: Cube) -> str:
    return f"its dimensions are: {', '.join(map(repr, cube.dimensions)) or 'none'}"


def _steps() -> Iterator[tuple[str, Step]]:
    yield from {
        "filter_bands": _filter_bands,
        "filter_labels": _relabel,
        "filter_temporal": _of_time,
        "reduce_dimension": _reduce_dimension,
        "reduce_spatial": _reduce_spatial,
        "aggregate_spatial": _aggregate_spatial,
        "aggregate_temporal": _of_one_time,
        "aggregate_temporal_period": _of_one_time,
        "climatological_normal": _of_time,
        "anomaly": _of_time,
        "resample_cube_temporal": _resample_cube_temporal,
        "apply_neighborhood": _apply_neighborhood,
        "ndvi": _ndvi,
        "add_dimension": _add_dimension,
        "drop_dimension": _drop_dimension,
        "rename_dimension": _rename_dimension,
        "rename_labels": _rename_labels,
        "apply_dimension": _relabel,
        "flatten_dimensions": _flatten,
        "unflatten_dimension": _unflatten,
        "dimension_labels": _dimension_labels,
        "vector_reproject": _of_geometries,
        "atmospheric_correction": _new_bands,
        "sar_backscatter": _new_bands,
        "ard_surface_reflectance": _new_bands,
        "ard_normalized_radar_backscatter": _new_bands,
        "cloud_detection": _new_bands,
    }.items()
    for name in (
        "filter_bbox",
        "filter_spatial",
        "mask_polygon",
        "resample_spatial",
        "aggregate_spatial_window",
        "apply_kernel",
        "apply_polygon",
    ):
        yield name, _of_space
    for name in (
        "apply",
        "mask",
        "resample_cube_spatial",
        "trim_cube",
        "inspect",
        "filter_vector",
    ):
        yield name, _same


STEPS = dict(_steps())
