"""Dimensions and labels that calls name, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube, Dimension
from mock_backend.engine.steps.call import StepCall
from mock_backend.errors.suggestions import did_you_mean

if TYPE_CHECKING:
    from mock_backend.engine.core.callbacks import GraphCallback

_RULE = "unknown-dimension"


def named(asked: StepCall, cube: DataCube, argument: str = "dimension") -> Dimension | None:
    """Return the dimension that an argument names; None, with a remark, if there is none."""
    name = asked.text(argument)
    found = cube.named(name)
    if found is None and name is not None:
        is_missing(asked, cube, argument, name)
    return found


def is_missing(asked: StepCall, cube: DataCube, argument: str, name: str) -> bool:
    """Remark on a dimension that a cube does not have; tell whether it has none of the name."""
    if name in cube.sizes:
        return False
    message = f"The data cube has no dimension {name!r}.{did_you_mean(name, cube.sizes)}"
    asked.remark(_RULE, "DimensionNotAvailable", argument, message)
    return True


def temporal(asked: StepCall, cube: DataCube, *, alone: bool = False) -> Dimension | None:
    """Return the temporal dimension: the named one, or the first; None, with a remark, if there is none.

    Args:
        alone: True if it has to be named where there are several.
    """
    if asked.get("dimension") is not None:
        found = named(asked, cube)
        if found is not None and found.kind not in ("temporal", "other"):
            message = f"The dimension {found.name!r} is not temporal but of type {found.kind!r}."
            asked.remark(_RULE, "DimensionNotAvailable", "dimension", message)
        return found
    times = [each for each in cube.dimensions if each.kind == "temporal"]
    if alone and len(times) > 1:
        message = "The data cube has several temporal dimensions: name one with 'dimension'."
        asked.remark(_RULE, "TooManyDimensions", "dimension", message)
    if not times:
        lacks(asked, cube, "temporal dimension", "DimensionNotAvailable")
        return None
    return times[0]


def lacks(asked: StepCall, cube: DataCube, what: str, code: str) -> bool:
    """Say that a cube has no dimension of a kind; tell whether the call is refused for it."""
    told = ", ".join(map(repr, cube.sizes)) or "none"
    return asked.remark(_RULE, code, "data", f"The data cube has no {what}; its dimensions are: {told}.")


def is_taken(asked: StepCall, cube: DataCube, code: str, argument: str, name: str) -> bool:
    """Remark on a new dimension with the name of one that a cube has; tell whether it has one."""
    if name not in cube.sizes:
        return False
    message = f"The data cube has a dimension {name!r} already; choose another name."
    asked.remark(_RULE, code, argument, message)
    return True


def lacks_labels(
    asked: StepCall, dimension: Dimension, labels: Sequence[Any], argument: str, code: str | None = None
) -> bool:
    """Remark on labels that a dimension does not have; tell whether the call is refused for one.

    Args:
        code: The code that the definition of the process has for it, if it has one.
    """
    refused = False
    bands = dimension.kind == "bands"
    for label in labels:
        if dimension.has(label):
            continue
        hint = did_you_mean(label, (*(dimension.labels or ()), *dimension.aliases))
        what = f"unknown band {label!r}." if bands else f"{dimension.name!r} has no label {label!r}."
        if label in dimension.left_out:
            what = f"the {'band' if bands else 'label'} {label!r} was left out before."
            hint = f" The data cube has {', '.join(map(repr, dimension.labels or ()))}."
        message = f"{what[0].upper()}{what[1:]}{hint}"
        if code is None:
            message = (
                f"The value passed for parameter '{argument}' in process '{asked.process_id}' is invalid: "
                f"{what}{hint}"
            )
        refused |= asked.remark(_rule_of(dimension), code or "ProcessParameterInvalid", argument, message)
    return refused


def check_elements(asked: StepCall, argument: str, callback: "GraphCallback", dimension: Dimension) -> bool:
    """Remark on elements that a child process takes of arrays along a dimension, and that are not there.

    Returns:
        True if the call is refused for one.
    """
    refused, labels = False, dimension.labels or ()
    for name, node in callback.graph.items():
        is_element = node["process_id"] == "array_element"
        if not is_element or node["arguments"].get("data") != {"from_parameter": "data"}:
            continue
        given = callback.arguments_of(node)
        label, index = given.get("label"), given.get("index")
        if given.get("return_nodata"):
            continue
        if label is not None and not dimension.has(label):
            what = f"Dimension {dimension.name!r} has no label {label!r}."
            if dimension.kind == "bands":
                what = f"Unknown band {label!r}."
            place, message = "label", what + did_you_mean(label, (*labels, *dimension.aliases))
        elif isinstance(index, int) and dimension.labels is not None and index >= len(labels):
            last = f"the index of the last label of dimension {dimension.name!r} is {len(labels) - 1}"
            place, message = "index", f"There is no element {index}; {last}."
        else:
            continue
        inside = replace(asked, path=(*asked.path, argument, name))
        refused |= inside.remark(_rule_of(dimension), "ArrayElementNotAvailable", place, message)
    return refused


def _rule_of(dimension: Dimension) -> str:
    return "unknown-band" if dimension.kind == "bands" else "unknown-label"
