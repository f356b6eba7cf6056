"""What each process does to the dimensions of a data cube, and what it cannot do.

A step gets a call with what is known of its cubes and returns the cube that comes out; None if
that is not known. What is not known (a label given as a parameter, a cube from a user-defined
function) is never remarked on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mock_backend.cubes.cube import Cube, Dimension
from mock_backend.hints import did_you_mean
from mock_backend.processes.graph import has_references


@dataclass(frozen=True)
class Remark:
    """What is wrong with a call.

    Args:
        rule: The name of the rule that it breaks.
        code: The openEO error code.
        argument: The argument it is about, if it is about one.
        message: What is wrong and what would be right.
    """

    rule: str
    code: str
    argument: str | None
    message: str


@dataclass
class Call:
    """A call of a process, as far as it is known before anything is computed.

    Args:
        process_id: The process.
        arguments: Its arguments as they are in the process graph.
        defaults: What holds for arguments that are not there.
        cubes: The cubes among its arguments whose dimensions are known.
        collection: Returns the STAC metadata of a collection, None if there is none of an id.
    """

    process_id: str
    arguments: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    cubes: Mapping[str, Cube] = field(default_factory=dict)
    collection: Callable[[str], Mapping[str, Any] | None] = lambda _: None
    remarks: list[Remark] = field(default_factory=list)

    def value(self, name: str) -> Any:
        """Return an argument, or its default; None as well if it depends on what is not known yet."""
        if name not in self.arguments:
            return self.defaults.get(name)
        value = self.arguments[name]
        return None if isinstance(value, dict | list) and has_references(value) else value

    def text(self, name: str) -> str | None:
        """Return an argument that is a text; None if it is something else or not known."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def remark(self, rule: str, code: str, argument: str | None, message: str) -> None:
        """Say that something is wrong with the call."""
        self.remarks.append(Remark(rule, code, argument, message))

    def invalid(self, rule: str, argument: str, reason: str) -> None:
        """Say that an argument's value cannot be."""
        message = f"The value passed for parameter '{argument}' in process '{self.process_id}' is invalid: "
        self.remark(rule, "ProcessParameterInvalid", argument, message + reason)

    def dimension(self, cube: Cube, argument: str = "dimension") -> Dimension | None:
        """Return the cube's dimension that an argument names, and remark if there is none."""
        name = self.text(argument)
        if name is None:
            return None
        found = cube.dimensions.get(name)
        if found is None:
            hint = did_you_mean(name, cube.dimensions)
            self.remark(
                "unknown-dimension",
                "DimensionNotAvailable",
                argument,
                f"The data cube has no dimension {name!r}.{hint}",
            )
        return found


Step = Callable[[Call, Cube], Cube | None]


def follow(call: Call) -> Cube | None:
    """Return the cube that a call makes; None if it is not known, or no cube.

    What is wrong with the call is in its ``remarks`` afterwards.
    """
    if call.process_id == "load_collection":
        return _load_collection(call)
    if call.process_id == "merge_cubes":
        return _merge_cubes(call)
    step, cube = _STEPS.get(call.process_id), call.cubes.get("data")
    return None if step is None or cube is None else step(call, cube)


def check_labels(
    call: Call, dimension: Dimension, labels: Sequence[Any], argument: str, *, what: str | None = None
) -> bool:
    """Remark on labels that a dimension does not have; tell whether it has them all."""
    unknown = [label for label in labels if not dimension.has(label)]
    bands = dimension.kind == "bands"
    what = what or ("band" if bands else f"label in dimension {dimension.name!r}")
    for label in unknown:
        hint = did_you_mean(label, (*(dimension.labels or ()), *dimension.aliases))
        call.invalid(
            "unknown-band" if bands else "unknown-label", argument, f"there is no {what} {label!r}.{hint}"
        )
    return not unknown


def _load_collection(call: Call) -> Cube | None:
    name = call.text("id")
    metadata = None if name is None else call.collection(name)
    cube = None if metadata is None else Cube.of_collection(metadata)
    bands = call.value("bands")
    if cube is None or (dimension := cube.bands) is None or not isinstance(bands, list):
        return cube
    return cube.with_(dimension.only(bands)) if check_labels(call, dimension, bands, "bands") else cube


def _merge_cubes(call: Call) -> Cube | None:
    first, second = call.cubes.get("cube1"), call.cubes.get("cube2")
    if first is None or second is None:
        return None
    merged = dict(first.dimensions)
    for name, other in second.dimensions.items():
        mine = merged.get(name)
        if mine is None:
            merged[name] = other
        elif mine.labels is None or other.labels is None:
            merged[name] = replace(mine, labels=None)
        else:
            labels = (*mine.labels, *(each for each in other.labels if each not in mine.labels))
            merged[name] = replace(mine, labels=labels, aliases={**other.aliases, **mine.aliases})
    return Cube(merged)


def _same(call: Call, cube: Cube) -> Cube:  # noqa: ARG001  # the signature of a step
    return cube


def _filter_bands(call: Call, cube: Cube) -> Cube | None:
    dimension = cube.bands
    if dimension is None:
        call.remark(
            "unknown-dimension",
            "DimensionMissing",
            "data",
            "The data cube has no dimension of bands to filter.",
        )
        return cube
    bands, wavelengths = call.value("bands"), call.value("wavelengths")
    if "bands" not in call.arguments and "wavelengths" not in call.arguments:
        call.remark(
            "missing-argument",
            "BandFilterParameterMissing",
            None,
            "filter_bands needs 'bands' or 'wavelengths' to know which bands to keep.",
        )
        return cube
    if not isinstance(bands, list) or wavelengths:
        return cube.with_(replace(dimension, labels=None))
    return cube.with_(dimension.only(bands)) if check_labels(call, dimension, bands, "bands") else cube


def _of_time(call: Call, cube: Cube) -> Cube | None:
    """Work on the temporal dimension, the one that is named or the only one."""
    found = call.dimension(cube)
    if found is not None and found.kind not in ("temporal", "other"):
        call.remark(
            "unknown-dimension",
            "DimensionNotAvailable",
            "dimension",
            f"The dimension {found.name!r} is not temporal but {found.kind}.",
        )
    if call.value("dimension") is None and "dimension" not in call.arguments:
        count = len(cube.of_kind("temporal"))
        if count == 0:
            call.remark(
                "unknown-dimension",
                "DimensionNotAvailable",
                "data",
                "The data cube has no temporal dimension; its dimensions are: "
                f"{', '.join(map(repr, cube.dimensions))}.",
            )
        elif count > 1:
            call.remark(
                "unknown-dimension",
                "TooManyDimensions",
                "dimension",
                "The data cube has several temporal dimensions: name one with 'dimension'.",
            )
    return cube


def _of_space(call: Call, cube: Cube) -> Cube | None:
    """Work on the spatial dimensions, which the cube must have."""
    if not cube.of_kind("spatial", "geometry"):
        call.remark(
            "unknown-dimension",
            "DimensionNotAvailable",
            "data",
            "The data cube has no spatial dimensions; its dimensions are: "
            f"{', '.join(map(repr, cube.dimensions)) or 'none'}.",
        )
    return cube


def _reduce_dimension(call: Call, cube: Cube) -> Cube | None:
    if call.text("dimension") is None:
        return None
    found = call.dimension(cube)
    return cube if found is None else cube.without(found.name)


def _reduce_spatial(call: Call, cube: Cube) -> Cube | None:
    _of_space(call, cube)
    return cube.without(*(each.name for each in cube.of_kind("spatial")))


def _aggregate_spatial(call: Call, cube: Cube) -> Cube | None:
    _of_space(call, cube)
    left = cube.without(*(each.name for each in cube.of_kind("spatial")))
    geometries = call.cubes.get("geometries")
    found = geometries.of_kind("geometry") if geometries is not None else []
    return left.with_(found[0] if found else Dimension("geometry", "geometry"))


def _ndvi(call: Call, cube: Cube) -> Cube | None:
    _of_space(call, cube)
    dimension = cube.bands
    if dimension is None:
        call.remark(
            "unknown-dimension",
            "DimensionAmbiguous",
            "data",
            "The data cube has no dimension of bands for ndvi.",
        )
        return cube
    for argument in ("nir", "red"):
        if (band := call.text(argument)) is not None:
            check_labels(call, dimension, [band], argument)
    target = call.value("target_band")
    if target is None:
        return cube.without(dimension.name) if "target_band" not in call.arguments else None
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


def _add_dimension(call: Call, cube: Cube) -> Cube | None:
    name, label = call.text("name"), call.value("label")
    if name is None:
        return None
    if name in cube.dimensions:
        call.remark(
            "unknown-dimension", "DimensionExists", "name", f"The data cube has a dimension {name!r} already."
        )
        return cube
    labels = (label,) if label is not None else None
    return cube.with_(Dimension(name, call.text("type") or "other", labels))


def _drop_dimension(call: Call, cube: Cube) -> Cube | None:
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
            f"Only a dimension with one label can be dropped; {found.name!r} has {len(found.labels)}.",
        )
    return cube.without(found.name)


def _rename_dimension(call: Call, cube: Cube) -> Cube | None:
    source, target = call.text("source"), call.text("target")
    if source is None or target is None:
        return None
    found = call.dimension(cube, "source")
    if target in cube.dimensions and target != source:
        call.remark(
            "unknown-dimension",
            "DimensionExists",
            "target",
            f"The data cube has a dimension {target!r} already.",
        )
    return cube if found is None else cube.renamed(source, target)


def _rename_labels(call: Call, cube: Cube) -> Cube | None:
    if call.text("dimension") is None:
        return None
    dimension = call.dimension(cube)
    if dimension is None:
        return cube
    source, target = call.value("source"), call.value("target")
    if dimension.labels is None or not isinstance(target, list) or not isinstance(source or [], list):
        return cube.with_(replace(dimension, labels=None))
    if source:
        if not check_labels(call, dimension, source, "source"):
            return cube
        source = [dimension.aliases.get(each, each) for each in source]
    else:
        source = list(dimension.labels)[: len(target)]
    if len(source) != len(target):
        call.remark(
            "unknown-label",
            "LabelMismatch",
            "target",
            f"{len(target)} new labels for {len(source)} old ones in dimension {dimension.name!r}.",
        )
        return cube
    names = dict(zip(source, target, strict=True))
    return cube.with_(replace(dimension, labels=tuple(names.get(each, each) for each in dimension.labels)))


def _relabel(call: Call, cube: Cube) -> Cube | None:
    """Change a dimension's labels to something that is not known here."""
    if call.text("dimension") is None:
        return None
    found = call.dimension(cube)
    target = call.value("target_dimension")
    if found is None:
        return cube
    if (
        "target_dimension" in call.arguments
        and target is None
        and call.arguments["target_dimension"] is not None
    ):
        return None
    if isinstance(target, str) and target != found.name:
        known = cube.dimensions.get(target)
        return cube.without(found.name).with_(Dimension(target, known.kind if known else "other"))
    return cube.with_(replace(found, labels=None, aliases={}))


def _new_bands(call: Call, cube: Cube) -> Cube | None:  # noqa: ARG001  # the signature of a step
    dimension = cube.bands
    return cube if dimension is None else cube.with_(replace(dimension, labels=None, aliases={}))


def _flatten(call: Call, cube: Cube) -> Cube | None:
    names, target = call.value("dimensions"), call.text("target_dimension")
    if not isinstance(names, list) or target is None:
        return None
    for name in names:
        if name not in cube.dimensions:
            hint = did_you_mean(name, cube.dimensions)
            call.remark(
                "unknown-dimension",
                "DimensionNotAvailable",
                "dimensions",
                f"The data cube has no dimension {name!r}.{hint}",
            )
    return cube.without(*names).with_(Dimension(target, "other"))


def _dimension_labels(call: Call, cube: Cube) -> None:
    call.dimension(cube)


def _steps() -> Iterator[tuple[str, Step]]:
    yield from {
        "filter_bands": _filter_bands,
        "filter_labels": _relabel,
        "filter_temporal": _of_time,
        "filter_bbox": _of_space,
        "filter_spatial": _of_space,
        "mask_polygon": _of_space,
        "resample_spatial": _of_space,
        "apply_kernel": _of_space,
        "apply_polygon": _of_space,
        "reduce_dimension": _reduce_dimension,
        "reduce_spatial": _reduce_spatial,
        "aggregate_spatial": _aggregate_spatial,
        "aggregate_temporal": _of_time,
        "aggregate_temporal_period": _of_time,
        "ndvi": _ndvi,
        "add_dimension": _add_dimension,
        "drop_dimension": _drop_dimension,
        "rename_dimension": _rename_dimension,
        "rename_labels": _rename_labels,
        "apply_dimension": _relabel,
        "flatten_dimensions": _flatten,
        "dimension_labels": _dimension_labels,
        "atmospheric_correction": _new_bands,
        "sar_backscatter": _new_bands,
        "ard_surface_reflectance": _new_bands,
        "ard_normalized_radar_backscatter": _new_bands,
    }.items()
    for name in ("apply", "apply_neighborhood", "mask", "resample_cube_spatial", "trim_cube", "inspect"):
        yield name, _same


_STEPS = dict(_steps())
