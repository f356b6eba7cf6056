"""Read scenarios: ready ones by name, and files."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from mock_backend.control.scenarios.scenario import Scenario
from mock_backend.errors.suggestions import did_you_mean

#: The names of the ready ones.
READY = ("happy", "busy-day", "flaky-network", "expired-tokens", "chaos", "production-like")

_FOLDER = Path(__file__).parent / "ready"


def scenario_of(given: Scenario | Mapping[str, Any] | str | os.PathLike[str]) -> Scenario:
    """Return a scenario.

    Args:
        given: One; its members; the name of a ready one; or the path of a file, JSON or YAML.

    Raises:
        ValueError: If there is none of that name, or the file cannot be read as one.
        TypeError: If a member is of the wrong type.
        OSError: If the file cannot be read.
        ModuleNotFoundError: If the file is YAML and PyYAML is not installed.
    """
    if isinstance(given, Scenario):
        return given
    if isinstance(given, Mapping):
        return Scenario.from_dict(given)
    if given in READY:
        return _ready(str(given))
    path = Path(given)
    if path.suffix not in (".json", ".yaml", ".yml"):
        raise ValueError(
            f"{str(given)!r} is neither a ready scenario nor the path of a file (.json, .yaml, .yml)."
            f"{did_you_mean(str(given), READY)}"
        )
    try:
        return _located(Scenario.from_dict(_content(path)), path.parent)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{path}: {error}") from None


def _located(scenario: Scenario, folder: Path) -> Scenario:
    """Return a scenario whose files are at their places, whatever folder the program runs in."""
    folder = folder.absolute()
    results = [each | {"path": str(folder / each["path"])} for each in map(dict, scenario.results)]
    catalog = None if scenario.catalog is None else str(folder / scenario.catalog)
    return replace(scenario, results=results, catalog=catalog)


@cache
def _ready(name: str) -> Scenario:
    return Scenario.from_dict(_content(_FOLDER / f"{name}.json"))


def _content(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    try:
        import yaml
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{path} is YAML, which needs the package PyYAML; or write it as JSON."
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
