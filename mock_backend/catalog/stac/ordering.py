"""Orders of items: what a request sorts by."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.errors import RequestInvalid
from mock_backend.errors.suggestions import did_you_mean

#: The times of an item that has no single one, which stand in for it.
_TIMES = ("datetime", "start_datetime")

_DIRECTIONS = {"asc": False, "desc": True}


@dataclass(frozen=True)
class ItemOrder:
    """An order of items."""

    #: Names of properties, without the prefix ``properties.``, each with whether the largest value comes
    #: first
    keys: tuple[tuple[str, bool], ...]

    @property
    def by_time(self) -> bool:
        """True if it depends on the time only."""
        return len(self.keys) == 1 and self.keys[0][0] == "datetime"

    @property
    def descending(self) -> bool:
        """True if the first criterion sorts in descending order."""
        return self.keys[0][1]

    def check(self, names: Set[str]) -> None:
        """Check that it sorts by these properties only; raise ``RequestInvalid`` if it sorts by another."""
        for name, _ in self.keys:
            if name == "geometry" or name not in names:
                raise RequestInvalid(f"sortby cannot be {name!r}.{did_you_mean(name, names)}")

    def sort(self, items: list[dict[str, Any]]) -> None:
        """Sort items in place; those without a value come last."""
        for name, descending in reversed(self.keys):
            items.sort(key=lambda item, name=name: _comparable(_value(item, name)), reverse=descending)  # type: ignore[misc]  # mypy does not infer lambdas with defaults
            items.sort(key=lambda item, name=name: _value(item, name) is None)  # type: ignore[misc]  # see above


def read_order(given: object) -> ItemOrder:
    """Read what to sort by; raise ``RequestInvalid`` if it is neither.

    Args:
        given: Names with commas between them, those in descending order with a minus before them; or objects
            with the members ``field`` and ``direction``.
    """
    keys = []
    for each in given.split(",") if isinstance(given, str) else given if isinstance(given, list) else [given]:
        if isinstance(each, str):
            # A plus is a space in the query of a URL.
            name, direction = each.strip().lstrip("+-"), "desc" if each.strip().startswith("-") else "asc"
        elif isinstance(each, Mapping):
            name, direction = each.get("field", ""), each.get("direction", "asc")
        else:
            name, direction = "", ""
        if not (isinstance(name, str) and name and isinstance(direction, str) and direction in _DIRECTIONS):
            raise RequestInvalid(
                "sortby names properties, e.g. '-properties.datetime', or has objects such as "
                f"{{'field': 'properties.datetime', 'direction': 'desc'}}: {each!r} is neither."
            )
        keys.append((name.removeprefix("properties."), _DIRECTIONS[direction]))
    return ItemOrder(tuple(keys))


def _value(item: Mapping[str, Any], name: str) -> Any:
    if name in ("id", "collection"):
        return item[name]
    properties = item["properties"]
    if name == "datetime":
        return next((properties[each] for each in _TIMES if properties.get(each) is not None), None)
    return properties.get(name)


def _comparable(value: Any) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 0, value, ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = ",".join(map(str, value))
    return 1, 0, str(value)
