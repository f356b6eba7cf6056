"""Query of a request for items, read and checked, and the order that it asks for."""

import json
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_backend.api.paging import page_size
from mock_backend.catalog.coverage import Coverage, Selection, Visit
from mock_backend.catalog.dimensions import BBox, flat
from mock_backend.catalog.stac.filtering import Filter, read_filter
from mock_backend.catalog.stac.geometry import pieces_of_geometry
from mock_backend.catalog.stac.instants import read_period
from mock_backend.dataclass import dataclass
from mock_backend.errors import RequestInvalid
from mock_backend.errors.suggestions import did_you_mean

if TYPE_CHECKING:
    from mock_backend.catalog.stac.geometry import Pieces

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


#: Default number of items on a page, as in STAC APIs.
PAGE = 10

#: Search parameters of extensions of the STAC API that this back-end does not support.
_UNSUPPORTED = ("query", "fields")


@dataclass(frozen=True)
class ItemQuery:
    """Query for items."""

    limit: int = PAGE  #: The number of items on a page
    bbox: BBox | None = None  #: Only those that meet this box
    pieces: "Pieces | None" = None  #: Only those that meet these pieces of a geometry
    start: datetime | None = None  #: Only those that have not ended by then
    end: datetime | None = None  #: Only those that have begun by then
    after: tuple[str, Visit] | None = None  #: The collection and the item that the page before ended with
    ids: Sequence[str] | None = None
    filter: Filter | None = None  #: Only those that match this expression
    order: ItemOrder | None = None  #: The sort criteria; if None, newest first in each collection

    def select(self, coverage: Coverage, now: datetime) -> Selection:
        """Choose the items of a collection; ids are none of this method's business."""
        if self.pieces is not None:
            try:
                tiles = coverage.tiles_meeting(self.pieces)
            except ValueError as error:
                raise RequestInvalid(f"intersects is too complex: its {error}.") from None
        else:
            tiles = [range(coverage.tiles)] if self.bbox is None else coverage.tiles_in(self.bbox)
        return coverage.select(tiles, self.start, self.end, now)

    def during(self, start: datetime | None, end: datetime | None) -> "ItemQuery":
        """Return a query for those of a period only."""
        starts = [each for each in (self.start, start) if each is not None]
        ends = [each for each in (self.end, end) if each is not None]
        return replace(self, start=max(starts, default=None), end=min(ends, default=None))


def read_query(asked: Mapping[str, Any], largest: int, *, dates: bool = True) -> ItemQuery:
    """Read what a request asks for; what is empty asks for nothing.

    Args:
        asked: The parameters of the request by the names that the STAC API has for them; texts, or what JSON
            has for them.
        dates: True if dates may stand for whole days.

    Raises:
        RequestInvalid: If one of them cannot be read.
    """
    given = {name: value for name, value in asked.items() if value}
    for name in _UNSUPPORTED:
        if name in given:
            raise RequestInvalid(f"This back-end does not search by {name}.")
    if "bbox" in given and "intersects" in given:
        raise RequestInvalid("bbox and intersects cannot be used together.")
    try:
        start, end = read_period(given["datetime"], dates=dates) if "datetime" in given else (None, None)
    except ValueError as error:
        raise RequestInvalid(f"datetime cannot be read: {error}.") from None
    ids = given.get("ids")
    filtering = (given.get("filter-lang"), given.get("filter-crs"))
    return ItemQuery(
        limit=page_size(asked.get("limit"), largest) or min(PAGE, largest),
        bbox=_bbox(given["bbox"]) if "bbox" in given else None,
        pieces=_pieces(given["intersects"]) if "intersects" in given else None,
        start=start,
        end=end,
        after=_token(given["token"]) if "token" in given else None,
        ids=split(ids) if isinstance(ids, str) else ids,
        filter=read_filter(given["filter"], *filtering) if "filter" in given else None,
        order=read_order(given["sortby"]) if "sortby" in given else None,
    )


def split(text: str) -> list[str]:
    """Return the parts of a text between commas."""
    return [part for part in text.split(",") if part]


def token_of(collection_id: str, visit: Visit) -> str:
    """Return what the link to the page after an item has."""
    return f"{collection_id}.{visit.round}.{visit.tile}"


def _token(text: str) -> tuple[str, Visit]:
    parts = text.rsplit(".", 2)
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 13 for part in parts[1:]):
        return parts[0], Visit(int(parts[1]), int(parts[2]))
    raise RequestInvalid(f"token comes from the link to the next page, and {text!r} does not.")


def _bbox(given: str | Sequence[float]) -> BBox:
    try:
        numbers = [float(each) for each in (given.split(",") if isinstance(given, str) else given)]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise RequestInvalid(f"bbox must have four numbers, or six with heights, got {given!r}.")
    west, south, east, north = flat(numbers)
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        raise RequestInvalid(f"bbox must have longitudes from -180 to 180, got {west:g} and {east:g}.")
    if not -90 <= south <= north <= 90:
        raise RequestInvalid(f"bbox has latitudes from -90 to 90, the southern one first: {given!r} has not.")
    return west, south, east, north


def _pieces(given: Any) -> "Pieces":
    try:
        return pieces_of_geometry(json.loads(given) if isinstance(given, str) else given)
    except (ValueError, RecursionError) as error:
        raise RequestInvalid(f"intersects is a GeoJSON geometry: {error}.") from None
