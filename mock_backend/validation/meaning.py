"""Whether single calls can mean something: collections, formats, runtimes and extents."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from mock_backend.cubes import Call
from mock_backend.hints import did_you_mean
from mock_backend.validation.context import Catalogue

_WGS84 = (None, 4326, "4326", "EPSG:4326", "epsg:4326")


def check_meaning(call: Call, catalogue: Catalogue) -> None:
    """Add to a call's remarks what is wrong with it by itself."""
    check = _CHECKS.get(call.process_id)
    if check is not None:
        check(call, catalogue)


def _load_collection(call: Call, catalogue: Catalogue) -> None:
    name = call.text("id")
    metadata = None if name is None else catalogue.find(name)
    if name is not None and metadata is None:
        hint = did_you_mean(name, catalogue.ids())
        call.remark(
            "unknown-collection", "CollectionNotFound", "id", f"Collection {name!r} does not exist.{hint}"
        )
    extent = (metadata or {}).get("extent", {})
    if _check_box(call, "spatial_extent"):
        _check_touch(call, extent.get("spatial", {}).get("bbox", ()))
    if _check_period(call, "temporal_extent"):
        _check_overlap(call, extent.get("temporal", {}).get("interval", ()))


def _save_result(call: Call, catalogue: Catalogue) -> None:
    _check_name(call, "format", "unknown-format", "file format", catalogue.output_formats())


def _load_files(call: Call, catalogue: Catalogue) -> None:
    _check_name(call, "format", "unknown-format", "input file format", catalogue.input_formats())


def _run_udf(call: Call, catalogue: Catalogue) -> None:
    runtimes = catalogue.udf_runtimes()
    name = _check_name(call, "runtime", "unknown-runtime", "UDF runtime", runtimes, code="InvalidRuntime")
    version = call.text("version")
    if name is None or version is None:
        return
    versions = runtimes[name].get("versions", {})
    if version not in versions:
        call.remark(
            "unknown-runtime",
            "InvalidVersion",
            "version",
            f"The UDF runtime {name!r} has no version {version!r}.{did_you_mean(version, versions)}",
        )


def _filter_bbox(call: Call, catalogue: Catalogue) -> None:  # noqa: ARG001  # the signature of a check
    _check_box(call, "extent")


def _filter_temporal(call: Call, catalogue: Catalogue) -> None:  # noqa: ARG001  # the signature of a check
    _check_period(call, "extent")


def _aggregate_temporal(call: Call, catalogue: Catalogue) -> None:  # noqa: ARG001  # the signature of a check
    intervals = call.value("intervals")
    for interval in intervals if isinstance(intervals, list) else ():
        _check_interval(call, "intervals", interval)


def _load_stac(call: Call, catalogue: Catalogue) -> None:  # noqa: ARG001  # the signature of a check
    _check_box(call, "spatial_extent")
    _check_period(call, "temporal_extent")


_CHECKS: Mapping[str, Callable[[Call, Catalogue], None]] = {
    "load_collection": _load_collection,
    "load_stac": _load_stac,
    "load_uploaded_files": _load_files,
    "load_url": _load_files,
    "save_result": _save_result,
    "run_udf": _run_udf,
    "filter_bbox": _filter_bbox,
    "filter_temporal": _filter_temporal,
    "aggregate_temporal": _aggregate_temporal,
}


def _check_name(
    call: Call, argument: str, rule: str, what: str, known: Iterable[str], *, code: str | None = None
) -> str | None:
    """Check that a name exists, whatever its case, and return it as it is spelt there."""
    name = call.text(argument)
    if name is None:
        return None
    found = next((each for each in known if each.lower() == name.lower()), None)
    if found is None:
        reason = f"there is no {what} {name!r}.{did_you_mean(name, known)}"
        if code is None:
            call.invalid(rule, argument, reason)
        else:
            call.remark(rule, code, argument, f"T{reason[1:]}")
    return found


def _check_box(call: Call, argument: str) -> bool:
    """Check a bounding box by itself; tell whether it is one in degrees that could be compared."""
    box = call.value(argument)
    if not isinstance(box, dict):
        return False
    west, south, east, north = (_number(box.get(side)) for side in ("west", "south", "east", "north"))
    if west is None or south is None or east is None or north is None:
        return False
    degrees = box.get("crs") in _WGS84
    if south == north or west == east:
        call.invalid("empty-extent", argument, "the bounding box has no area; widen it.")
    elif south > north:
        call.invalid("empty-extent", argument, f"south ({south}) is north of north ({north}); swap them.")
    elif west > east and not degrees:
        call.invalid("empty-extent", argument, f"west ({west}) is east of east ({east}); swap them.")
    elif degrees and (south < -90 or north > 90 or west < -180 or east > 360):
        call.invalid(
            "empty-extent",
            argument,
            "degrees are from -180 to 180 and from -90 to 90; for other coordinates give their 'crs'.",
        )
    else:
        return degrees and west <= east
    return False


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _check_touch(call: Call, boxes: Iterable[Any]) -> None:
    box, boxes = call.arguments["spatial_extent"], list(boxes)
    if boxes and not any(_touch(box, each) for each in boxes):
        call.remark(
            "no-data",
            "NoDataAvailable",
            "spatial_extent",
            f"The collection {call.text('id')!r} has no data in this bounding box; it covers {boxes[0]}.",
        )


def _touch(box: Mapping[str, float], other: list[float]) -> bool:
    west, south, east, north = (*other[:2], *other[len(other) // 2 :][:2])
    return box["west"] <= east and box["east"] >= west and box["south"] <= north and box["north"] >= south


def _check_period(call: Call, argument: str) -> bool:
    interval = call.value(argument)
    return interval is not None and _check_interval(call, argument, interval)


def _check_interval(call: Call, argument: str, interval: Any) -> bool:
    if not isinstance(interval, list) or len(interval) != 2:
        return False
    start, end = (_instant(each) for each in interval)
    if start is not None and end is not None and start >= end:
        call.remark(
            "empty-extent",
            "TemporalExtentEmpty",
            argument,
            f"The temporal extent {interval} is empty: its end is excluded, so it must be after its start.",
        )
        return False
    return True


def _check_overlap(call: Call, intervals: Iterable[Any]) -> None:
    start, end = (_instant(each) for each in call.arguments["temporal_extent"])
    intervals = list(intervals)
    if not intervals or any(_overlap(start, end, *map(_instant, each)) for each in intervals):
        return
    known = f"{intervals[0][0] or '…'} to {intervals[0][1] or 'now'}"
    call.remark(
        "no-data",
        "NoDataAvailable",
        "temporal_extent",
        f"The collection {call.text('id')!r} has no data in this time; it covers {known}.",
    )


def _overlap(start: str | None, end: str | None, first: str | None, last: str | None) -> bool:
    after_all = start is not None and last is not None and start > last
    before_all = end is not None and first is not None and end <= first
    return not (after_all or before_all)


def _instant(value: Any) -> str | None:
    """Return a date or an instant in a form that can be compared; None if it is open or something else."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2024-01-01"):
            return datetime.combine(date.fromisoformat(value), datetime.min.time()).isoformat()
        return datetime.fromisoformat(value).replace(tzinfo=None).isoformat()
    except ValueError:
        return None
