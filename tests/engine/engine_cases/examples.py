"""The examples of the official tests of processes, and data cubes of them."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

from mock_backend.catalog import Band
from mock_backend.engine.core.values import Labelled
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.sources.memory import HeldValues
from mock_backend.engine.steps.flow import Flow

#: Members that some examples use as references.
_SLIPS = {"from_argument": "from_parameter"}
_BEYOND_JSON = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "+Infinity": math.inf}


@dataclass(frozen=True)
class Example:
    """An example.

    Args:
        name: The process and the number of the example.
        process_id: The process.
        arguments: Its arguments.
        returns: What it returns; None if it returns nothing, or throws something.
        throws: The code of the error that it throws; True for any.
        delta: How far numbers may differ.
    """

    name: str
    process_id: str
    arguments: dict[str, Any]
    returns: Any
    throws: Any
    delta: float


def parsed(text: str) -> dict[str, Any]:
    """Parse what is left of JSON5 when its comments are gone: YAML, without tabs."""
    text = re.sub(r"^\s*//.*$|(?<=[\s,\[\]{}])//[^\"\n]*$", "", text, flags=re.MULTILINE)
    return yaml.load(text.replace("\t", "  "), _Loader)


class _Loader(yaml.SafeLoader):
    """YAML as JSON5 has it: no dates, and numbers such as 1e-9."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in found if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
)


def examples(file) -> Iterator[Example]:
    """Yield the examples of a process in a file."""
    document = parsed(file.read_text(encoding="utf-8"))
    for number, test in enumerate(document["tests"]):
        yield Example(
            f"{document['id']} {number}",
            document["id"],
            _placed(test["arguments"], file.parent),
            _placed(test.get("returns"), file.parent),
            test.get("throws"),
            float(test.get("delta", 1e-10)),
        )


def _placed(given: Any, folder) -> Any:
    """Return a value in which references to files say in which folder these are."""
    if isinstance(given, list):
        return [_placed(each, folder) for each in given]
    if not isinstance(given, dict):
        return given
    found = {name: _placed(each, folder) for name, each in given.items()}
    return found | {"$folder": folder} if "$ref" in given else found


def value_of(given: Any) -> Any:
    """Return a value as processes get it: data cubes and labelled arrays as what they are."""
    if isinstance(given, dict):
        if "$ref" in given:
            text = (given["$folder"] / given["$ref"]).read_text(encoding="utf-8")
            return value_of(parsed(text)) if given["$ref"].endswith(".json5") else text
        match given.get("type"):
            case "nodata":
                return None
            case "datetime":
                return given["value"]
            case "labeled-array":
                return Labelled(
                    [value_of(each["value"]) for each in given["data"]],
                    [each["key"] for each in given["data"]],
                )
            case "datacube":
                return flow_of(given)
        return {_SLIPS.get(name, name): value_of(each) for name, each in given.items()}
    if isinstance(given, list):
        if given and all(isinstance(each, dict) and each.keys() == {"key", "value"} for each in given):
            return value_of({"type": "labeled-array", "data": given})
        return [value_of(each) for each in given]
    return _BEYOND_JSON.get(given, given) if isinstance(given, str) else given


def flow_of(given: dict[str, Any]) -> Flow:
    """Return a data cube."""
    described = given["dimensions"]
    order = given.get("order") or list(described)
    nodata = given.get("nodata", [None])
    nodata = [value_of(each) for each in (nodata if isinstance(nodata, list) else [nodata])]
    shape = [len(described[name].get("values") or ()) for name in order]
    raw = given.get("data")
    values = np.full(shape, np.nan) if raw is None or not order else _numbers(raw, nodata).reshape(shape)
    axes = {each.get("axis"): name for name, each in described.items() if each["type"] == "spatial"}
    grid, dimensions = None, []
    if {"x", "y"} <= axes.keys():
        xs, ys = (described[axes[axis]] for axis in ("x", "y"))
        grid = _grid(xs, ys)
    for name in order:
        each = described[name]
        kind = each["type"]
        labels = (
            None if kind == "spatial" and grid and each["axis"] in "xy" else tuple(each.get("values") or ())
        )
        dimensions.append(Dimension(name, kind, labels, axis=each.get("axis")))
    bands = next((each.labels for each in dimensions if each.kind == "bands"), ("var",))
    cube = DataCube(
        tuple(dimensions), tuple(Band(str(name), data_type="float64", nodata="nan") for name in bands), grid
    )
    places = [order.index(each.name) for each in cube.others]
    if grid is not None:
        places += [order.index(axes["y"]), order.index(axes["x"])]
        ys = described[axes["y"]]["values"]
        values = values.transpose(places)
        if len(ys) > 1 and ys[0] < ys[-1]:
            values = values[..., ::-1, :]
    return Flow(DataCube(cube.dimensions, cube.bands, grid, source=HeldValues(values, grid)))


def _grid(xs: dict[str, Any], ys: dict[str, Any]) -> Grid:
    crs = xs.get("reference_system", "EPSG:4326")
    x, y = sorted(map(float, xs["values"])), sorted(map(float, ys["values"]))
    wide = x[1] - x[0] if len(x) > 1 else (y[1] - y[0] if len(y) > 1 else 1.0)
    high = y[1] - y[0] if len(y) > 1 else wide
    name = crs if isinstance(crs, str) else f"EPSG:{crs}"
    return Grid(name, x[0] - wide / 2, y[-1] + high / 2, wide, high, len(x), len(y))


def _numbers(raw: Any, nodata: list[Any]) -> np.ndarray:
    def number(value: Any) -> float:
        value = value_of(value)
        if value is None or any(value == each for each in nodata):
            return math.nan
        return float(value)

    def nested(value: Any) -> Any:
        return [nested(each) for each in value] if isinstance(value, list) else number(value)

    return np.array(nested(raw), np.float64)
