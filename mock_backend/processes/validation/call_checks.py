"""Checks of single calls: collections, formats, runtimes, and extents in space and time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from mock_backend.catalog import CollectionsRegister
from mock_backend.catalog.stac.instants import loose_instant
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.processes.validation.problems import CheckedCall
from mock_backend.processes.validation.schema_check import Checker


def check_meaning(call: CheckedCall, catalogue: CollectionsRegister) -> None:
    """Add to a call's remarks what is wrong with it by itself."""
    check = _CHECKS.get(call.process_id)
    if check is not None:
        check(call, catalogue)


def _load_collection(call: CheckedCall, catalogue: CollectionsRegister) -> None:
    name = call.text("id")
    metadata = None if name is None else catalogue.find(name)
    if name is not None and metadata is None:
        hint = did_you_mean(name, catalogue.ids())
        call.remark(
            "unknown-collection", "CollectionNotFound", "id", f"Collection {name!r} does not exist.{hint}"
        )
    _check_extents(call, metadata)


def _check_extents(call: CheckedCall, metadata: Mapping[str, Any] | None) -> None:
    """Check what is loaded, by itself and against the metadata of a collection."""
    check_box(call, "spatial_extent", metadata)
    check_interval(call, "temporal_extent", call.value("temporal_extent"), metadata)


def _save_result(call: CheckedCall, catalogue: CollectionsRegister) -> None:
    formats = catalogue.output_formats()
    name = _check_name(call, "format", "unknown-format", "file format to write", formats)
    options = call.value("options")
    if name is None or not isinstance(options, dict):
        return
    # Others are left alone: back-ends have undocumented options.
    for option, schema in (formats[name].get("parameters") or {}).items():
        value = options.get(option)
        if value is None or _spelled_loosely(value, schema):
            continue
        if (complaint := Checker(schema).complaint(value)) is not None:
            call.invalid(complaint.rule, "options", f"{option}: {complaint.reason}")


def _spelled_loosely(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a text is one of those that there are if upper and lower case do not matter."""
    texts = schema.get("enum")
    return isinstance(value, str) and isinstance(texts, list) and value.upper() in map(str.upper, texts)


def _run_udf(call: CheckedCall, catalogue: CollectionsRegister) -> None:
    runtimes = catalogue.udf_runtimes()
    name = _check_name(call, "runtime", "unknown-runtime", "UDF runtime", runtimes, code="InvalidRuntime")
    version = call.text("version")
    if name is None or version is None:
        return
    # Those of type docker have tags.
    versions = runtimes[name].get("versions", runtimes[name].get("tags", ()))
    if version not in versions:
        call.remark(
            "unknown-runtime",
            "InvalidVersion",
            "version",
            f"The UDF runtime {name!r} has no version {version!r}.{did_you_mean(version, versions)}",
        )


def _aggregate_temporal(call: CheckedCall) -> None:
    intervals, labels = call.value("intervals"), call.value("labels")
    if not isinstance(intervals, list):
        return
    for interval in intervals:
        check_interval(call, "intervals", interval)
    if labels and isinstance(labels, list) and len(labels) != len(intervals):
        reason = f"give a label for each interval, or none; there are {len(labels)} for {len(intervals)}."
        call.invalid("unknown-label", "labels", reason)
    starts = [interval[0] for interval in intervals if isinstance(interval, list) and interval]
    if labels == [] and any(start in starts[:place] for place, start in enumerate(starts)):
        call.remark(
            "unknown-label",
            "DistinctDimensionLabelsRequired",
            "intervals",
            "Several intervals have the same start, which is their label; give 'labels' that differ.",
        )


def _apply_kernel(call: CheckedCall) -> None:
    kernel = call.value("kernel")
    if not isinstance(kernel, list) or not all(isinstance(row, list) for row in kernel):
        return
    sizes = {len(kernel), *map(len, kernel)}
    if any(size % 2 == 0 for size in sizes) or len(set(map(len, kernel))) > 1:
        call.remark(
            "argument-type",
            "KernelDimensionsUneven",
            "kernel",
            "A kernel has rows of the same length and an uneven number of rows and of columns, "
            f"e.g. 3 by 3; this one has rows of length {', '.join(str(len(row)) for row in kernel)}.",
        )


def _check_name(
    call: CheckedCall, argument: str, rule: str, what: str, known: Iterable[str], *, code: str | None = None
) -> str | None:
    """Check that a name exists, whatever its case, and return it as it is spelt there."""
    name = call.text(argument)
    if name is None:
        return None
    found = next((each for each in known if each.lower() == name.lower()), None)
    if found is None:
        reason = f"{what} {name!r}.{did_you_mean(name, known)}"
        if code is None:
            call.invalid(rule, argument, f"unknown {reason}")
        else:
            call.remark(rule, code, argument, f"Unknown {reason}")
    return found


def _check_choice(call: CheckedCall, code: str, one: str, other: str) -> None:
    """Check that one of two arguments is given."""
    # What is null was not given: clients may send it.
    given = [name for name in (one, other) if name in call.open or call.arguments.get(name) is not None]
    if not given:
        message = f"{call.process_id} needs {one!r} or {other!r}."
        call.remark("missing-argument", f"{code}Missing", None, message)
    elif len(given) > 1:
        message = f"{call.process_id} takes either {one!r} or {other!r}, got both."
        call.remark("argument-type", f"{code}Conflict", other, message)


def _check_input_format(call: CheckedCall, catalogue: CollectionsRegister) -> None:
    _check_name(call, "format", "unknown-format", "file format to read", catalogue.input_formats())


_CHECKS: Mapping[str, Callable[[CheckedCall, CollectionsRegister], object]] = {
    "load_collection": _load_collection,
    "load_stac": lambda call, _: _check_extents(call, None),
    "load_uploaded_files": _check_input_format,
    "load_url": _check_input_format,
    "save_result": _save_result,
    "run_udf": _run_udf,
    "filter_bbox": lambda call, _: check_box(call, "extent"),
    "filter_temporal": lambda call, _: check_interval(call, "extent", call.value("extent")),
    "aggregate_temporal": lambda call, _: _aggregate_temporal(call),
    "apply_kernel": lambda call, _: _apply_kernel(call),
    "array_element": lambda call, _: _check_choice(call, "ArrayElementParameter", "index", "label"),
    "quantiles": lambda call, _: _check_choice(call, "QuantilesParameter", "probabilities", "q"),
}


_WGS84 = (None, 4326, "4326", "EPSG:4326", "epsg:4326")
_RULE, _BOX, _SAME_DAY = "empty-extent", "bounding-box", "same-day"
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
        _remark_no_data(call, argument, f"this bounding box; it covers {boxes[0]}.")


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
    listed = _listed(metadata, "temporal", "interval")
    known = [each for each in listed if isinstance(each, list) and len(each) == 2]
    if not known or not _has(metadata, "temporal"):
        return
    if not any(_overlap(interval, (_instant(first), _instant(last))) for first, last in known):
        first, last = known[0]
        _remark_no_data(call, argument, f"this time; it covers {first or '…'} to {last or 'now'}.")


def _remark_no_data(call: CheckedCall, argument: str, where: str) -> None:
    message = f"The collection {call.text('id')!r} has no data in {where}"
    call.remark("no-data", "NoDataAvailable", argument, message)


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
