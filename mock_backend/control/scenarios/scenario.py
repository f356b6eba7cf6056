"""``Scenario``: a back-end and all orders given to it, as plain data; ready ones, and files of others."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mock_backend.control.capacity import Capacity
from mock_backend.control.faults import FaultOrder
from mock_backend.control.job_orders import JobConditions, PlanOrder
from mock_backend.control.orders import orders_given
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, to_instant, to_timedelta
from mock_backend.errors.suggestions import check_members, did_you_mean
from mock_backend.lifecycle.plain import members_of, names_of

#: The names of the ready ones.
READY = ("happy", "busy-day", "flaky-network", "expired-tokens", "chaos", "production-like")

_FOLDER = Path(__file__).parent / "ready"

_CONDITIONS = tuple(name for name in JobConditions.__annotations__ if name != "where")


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Lifetimes of tokens."""

    basic: Duration | None = None  #: Tokens of log-ins with a password; None for ever
    access: Duration | None = None  #: Access tokens of the identity provider
    refresh: Duration | None = None

    def __post_init__(self) -> None:
        for name in names_of(type(self)):
            if (value := getattr(self, name)) is not None:
                to_timedelta(value)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A back-end and all orders given to it.

    Args:
        name: Its name.
        description: The purpose.
        profile: The back-end that it is like, or names by axis.
        catalog: The path of a snapshot, or of collections, relative to the folder of the scenario.
        api_version: The version of the openEO API, or several.
        seed: Decides ids and all that is left to chance.
        start: The first instant of the clock.
        relaxed: Names of rules of validation that do not count.
        users: Passwords, or facts about the account, by user name.
        collections: STAC collections, or objects with an ``id`` and facts as ``add_collection`` takes them.
        plan: The course of jobs that none of the plans is for.
        plans: Plans with the conditions of plans; later ones win.
        capacity: The limits to the number of jobs that run at once.
        tokens: The lifetimes of tokens.
        faults: Orders of faults; earlier ones come first.
        provider_faults: Those for the identity provider.

    Raises:
        TypeError: If a member is of the wrong type.
        ValueError: If a member makes no sense; the message says which.
    """

    name: str = ""
    description: str = ""
    profile: str | Mapping[str, str] | None = None
    catalog: str | None = None
    api_version: str | Sequence[str] | None = None
    seed: int | None = None
    start: str | None = None
    relaxed: Sequence[str] = ()
    users: Mapping[str, str | Mapping[str, Any]] | None = None
    collections: Sequence[Mapping[str, Any]] = ()
    plan: Mapping[str, Any] | None = None
    plans: Sequence[Mapping[str, Any]] = ()
    results: Sequence[Mapping[str, Any]] = ()
    capacity: Mapping[str, Any] | None = None
    tokens: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    provider_faults: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        for name in ("relaxed", "collections", "plans", "results", "faults", "provider_faults"):
            if isinstance(value := getattr(self, name), str) or not isinstance(value, Sequence):
                raise TypeError(f"Scenario: {name} must be a list, got {value!r}.")
        for name in ("name", "description", "catalog"):
            if not isinstance(value := getattr(self, name) or "", str):
                raise TypeError(f"Scenario: {name} must be a str, got {value!r}.")
        if isinstance(self.start, datetime):
            # YAML knows instants.
            object.__setattr__(self, "start", self.start.isoformat())
        # Read once, so that whatever is wrong is told now.
        self._orders()

    def settings(self) -> dict[str, Any]:
        """Return what it says as arguments of ``MockBackend``; the first instant is not among them."""
        said = {name: getattr(self, name) for name in ("profile", "catalog", "api_version", "seed", "users")}
        if self.plan is not None:
            said["plan"] = PlanOrder.from_dict(self.plan).plan
        if self.relaxed:
            said["relaxed"] = self.relaxed
        return {name: value for name, value in said.items() if value is not None}

    def apply(self, backend: Any) -> None:
        """Give all orders to a ``MockBackend`` that was made with the settings.

        Raises:
            ValueError: If no request could run into a fault, or a collection makes no sense.
        """
        orders = self._orders()
        _read_each("collections", partial(_add_collection, backend), self.collections)
        with orders_given():  # else they would count as orders of the test that runs
            for plan in orders.plans:
                backend.plan(plan.plan, **plan.conditions, times=plan.given_times)
            _read_each("results", partial(_set_result, backend), self.results)
            if orders.capacity is not None:
                backend.set_capacity(orders.capacity)
            if orders.tokens.basic is not None:
                backend.users.token_ttl = orders.tokens.basic
            for name, value in (("access", orders.tokens.access), ("refresh", orders.tokens.refresh)):
                if value is not None:
                    setattr(backend.oidc, f"{name}_token_ttl", value)
            _read_each("faults", backend.order, orders.faults)
            _read_each("provider_faults", backend.oidc.order, orders.provider_faults)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; ``from_dict`` reads them back."""
        return members_of(self)

    def to_text(self) -> str:
        """Return it as the text of a file: JSON with one order a line."""
        lines = []
        for name, value in self.to_dict().items():
            if isinstance(value, list) and value:
                entries = ",\n".join(f"    {json.dumps(each)}" for each in value)
                lines.append(f"  {json.dumps(name)}: [\n{entries}\n  ]")
            else:
                lines.append(f"  {json.dumps(name)}: {json.dumps(value)}")
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scenario":
        """Read what ``to_dict`` returned.

        Raises:
            TypeError: If a member is of the wrong type.
            ValueError: If a member is unknown or makes no sense.
        """
        check_members("A scenario", values, ["$schema", *names_of(cls)])
        return cls(**{name: value for name, value in values.items() if name != "$schema"})

    def _orders(self) -> SimpleNamespace:
        """Return what is read of the members that are orders."""
        if self.start is not None:
            _read("start", to_instant, self.start)
        if self.plan is not None:
            _read("plan", PlanOrder.from_dict, self.plan)
        check_members("Scenario: tokens", self.tokens, names_of(Tokens))
        _read_each("results", _check_result, self.results)
        return SimpleNamespace(
            plans=_read_each("plans", PlanOrder.from_dict, self.plans),
            capacity=None if self.capacity is None else _read("capacity", Capacity.from_dict, self.capacity),
            tokens=_read("tokens", lambda tokens: Tokens(**tokens), self.tokens),
            faults=_read_each("faults", FaultOrder.from_dict, self.faults),
            provider_faults=_read_each("provider_faults", FaultOrder.from_dict, self.provider_faults),
        )


def _add_collection(backend: Any, collection: Mapping[str, Any]) -> None:
    facts = dict(collection)
    if "stac_version" in facts:
        backend.add_collection(facts)  # kept as it is
    else:
        backend.add_collection(facts.pop("id", None), **facts)


def _check_result(result: Any) -> None:
    if not isinstance(result, Mapping) or not isinstance(result.get("path"), str):
        raise TypeError(f"A result must be an object with a path, got {result!r}.")
    check_members("A result", result, ("path", "name", "media_type", "times", *_CONDITIONS))


def _set_result(backend: Any, result: Mapping[str, Any]) -> None:
    conditions = {name: value for name, value in result.items() if name != "path"}
    backend.set_result(Path(result["path"]), **conditions)


def _read(place: str, function: Callable[[Any], Any], value: Any) -> Any:
    """Call a function; what is wrong is told with the place in the scenario."""
    try:
        return function(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"Scenario: {place}: {error}") from None


def _read_each(place: str, function: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    return [_read(f"{place}[{number}]", function, value) for number, value in enumerate(values)]


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
