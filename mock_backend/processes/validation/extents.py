"""Checks of extents in space and time, by themselves and against the data of a collection."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_backend.catalog.stac.instants import loose_instant
from mock_backend.processes.validation.problems import CheckedCall

_WGS84 = (None, 4326, "4326", "EPSG:4326", "epsg:4326")
_RULE, _BOX, _NO_DATA, _SAME_DAY = "empty-extent", "bounding-box", "no-data", "same-day"
_TURN = 360

#: West, south, east and north in degrees.
Box = tuple[float, float, float, float]
#: Start and end; None means open.
Interval = tuple[datetime | None, datetime | None]


def check_box(call: CheckedCall, argument: str, metadata: Mapping[str, Any] | None = None) -> None:
    """Check a bounding box by itself, and that the collection of some metadata has data in it."""
    given = call.value(argument)
    if not isinstance(given, dict):
        return
    west, south, east, north = (_number(given.get(side)) for side in ("west", "south", "east", "north"))
    if west is None or south is None or east is None or north is None:
        return
    degrees = given.get("crs") in _WGS84
    if south == north or west == east:
        call.invalid(_BOX, argument, "the bounding box has no area; widen it.")
    elif south > north:
        call.invalid(_BOX, argument, f"south ({south}) is north of north ({north}); swap them.")
    elif west > east and not degrees:
        call.invalid(_BOX, argument, f"west ({west}) is east of east ({east}); swap them.")
    elif degrees and (south < -90 or north > 90 or west < -180 or east > _TURN):
        call.invalid(
            _BOX,
            argument,
            "degrees are from -180 to 180 and from -90 to 90; for other coordinates give their 'crs'.",
        )
    elif degrees and metadata is not None:
        _check_touch(call, argument, (west, south, east, north), metadata)


def _check_touch(call: CheckedCall, argument: str, box: Box, metadata: Mapping[str, Any]) -> None:
    boxes = _listed(metadata, "spatial", "bbox")
    known = [found for each in boxes if (found := _box(each)) is not None]
    # A cube without such dimensions is not limited in them.
    if not known or len(known) < len(boxes) or not _has(metadata, "spatial", "geometry"):
        return
    if not any(_touch(box, each) for each in known):
        call.remark(
            _NO_DATA,
            "NoDataAvailable",
            argument,
            f"The collection {call.text('id')!r} has no data in this bounding box; it covers {boxes[0]}.",
        )


def check_interval(
    call: CheckedCall, argument: str, interval: Any, metadata: Mapping[str, Any] | None = None
) -> None:
    """Check a temporal interval by itself, and that the collection of some metadata has data in it."""
    if not isinstance(interval, list) or len(interval) != 2:
        return
    start, end = (_instant(each) for each in interval)
    if start is not None and end is not None and start >= end:
        call.remark(
            _SAME_DAY if start == end else _RULE,
            "TemporalExtentEmpty",
            argument,
            f"The temporal extent {interval} is empty: its end is excluded, so it must be after its start.",
        )
    elif interval == [None, None]:
        call.invalid(_RULE, argument, "a temporal extent is open at one end at most.")
    elif metadata is not None:
        _check_overlap(call, argument, (start, end), metadata)


def _check_overlap(call: CheckedCall, argument: str, interval: Interval, metadata: Mapping[str, Any]) -> None:
    known = [each for each in _listed(metadata, "temporal", "interval") if isinstance(each, list)]
    known = [each for each in known if len(each) == 2]
    if not known or not _has(metadata, "temporal"):
        return
    if not any(_overlap(interval, (_instant(first), _instant(last))) for first, last in known):
        call.remark(
            _NO_DATA,
            "NoDataAvailable",
            argument,
            f"The collection {call.text('id')!r} has no data in this time; "
            f"it covers {known[0][0] or '…'} to {known[0][1] or 'now'}.",
        )


def _touch(box: Box, other: Box) -> bool:
    (west, south, east, north), (first, bottom, last, top) = box, other
    if south > top or north < bottom:
        return False
    # What crosses the antimeridian goes on counting; and 190 is the same as -170.
    east, last = (east + _TURN if west > east else east), (last + _TURN if first > last else last)
    return any(west + turn <= last and east + turn >= first for turn in (-_TURN, 0, _TURN))


def _overlap(interval: Interval, other: Interval) -> bool:
    (start, end), (first, last) = interval, other
    after_all = start is not None and last is not None and start > last
    before_all = end is not None and first is not None and end <= first
    return not (after_all or before_all)


def _listed(metadata: Mapping[str, Any], kind: str, name: str) -> list[Any]:
    """Return a list in the extent that metadata describe."""
    found: Any = metadata
    for step in ("extent", kind, name):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, list) else []


def _has(metadata: Mapping[str, Any], *kinds: str) -> bool:
    """Tell whether a collection's cube has dimensions of a kind, as far as its metadata tell."""
    dimensions = metadata.get("cube:dimensions")
    if not isinstance(dimensions, dict):
        return True
    return any(not isinstance(each, dict) or each.get("type") in kinds for each in dimensions.values())


def _box(values: Any) -> Box | None:
    """Return the horizontal part of a box of STAC, which may have heights."""
    if not isinstance(values, list) or len(values) not in (4, 6) or None in map(_number, values):
        return None
    west, south, east, north = (*values[:2], *values[len(values) // 2 :][:2])
    return west, south, east, north


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _instant(value: Any) -> datetime | None:
    return loose_instant(value) if isinstance(value, str) else None
