"""Collections from descriptions of any kind: a few words, a STAC document, a file, an object."""

import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any

from mock_backend.catalog.band import Band, bands_of
from mock_backend.catalog.collection import Collection, Described, StacCollection
from mock_backend.catalog.dimensions import (
    AXES,
    WORLD,
    BBox,
    check_band_names,
    check_dimensions,
    completed,
    default_dimensions,
    flat,
)
from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.catalog.stac.stac import DATACUBE, QUERYABLES
from mock_backend.settings import STAC_VERSION

# The API's pattern, with slashes between parts only.
_ID = re.compile(r"[\w\-.~]+(?:/[\w\-.~]+)*")

#: Relations of links that the back-end makes itself; those of the document lead to where it came from.
_OURS = frozenset({"self", "root", "parent", "items", "item", "child", "collection", QUERYABLES})

#: Facts that other arguments tell of, or that only collections of our own have.
_NOT_GIVEN = {"id", "bands", "since", "until", "has_time", "bbox", "dimensions", "passed"}
_KNOWN_FACTS = tuple(each.name for each in fields(Collection) if each.name not in _NOT_GIVEN)

Given = str | os.PathLike[str] | Mapping[str, Any] | Described | object


def collection_from(given: Given, facts: Mapping[str, Any]) -> Described:
    """Return a collection from a description of it.

    Args:
        given: An id, the path of a JSON file, a STAC collection, or an object whose ``to_dict()`` is one.
        facts: The facts that go with an id: see ``MockBackend.add_collection``.

    Raises:
        ValueError: If no collection follows from that; the message says why.
        OSError: If the file cannot be read.
    """
    if isinstance(given, str) and (facts or not _is_path(given)):
        with _telling(f"No collection follows from what is told of {given}"):
            # What becomes of the caller's lists and dicts afterwards is no business of the collection.
            told = deepcopy(dict(facts))
        return _from_facts(given, told)
    if facts:
        raise ValueError(f"{next(iter(facts))} goes with an id only; a whole collection has its own.")
    if isinstance(given, Described):
        check_collection_id(given.id)
        return given
    if isinstance(given, (str, os.PathLike)):
        given = _read(Path(given))
    elif callable(to_dict := getattr(given, "to_dict", None)):
        given = to_dict()
    if not isinstance(given, Mapping):
        raise ValueError(
            "A collection is given by an id, a STAC collection, the path of a JSON file, or an object with "
            f"to_dict(), not by {type(given).__name__}."
        )
    with _telling(f"This is not a STAC collection: {str(given)[:100]}…"):
        return _from_document(given)


def check_collection_id(identifier: object) -> None:
    """Check the id of a collection; raise ``ValueError`` if it is none, or one that no URL can have."""
    if not isinstance(identifier, str) or not identifier:
        raise ValueError(f"A collection needs an id, a text, got {identifier!r}.")
    if not _ID.fullmatch(identifier):
        raise ValueError(
            f"The id {identifier!r} has other characters than letters, digits, _, -, ., ~ and /."
        )


# -- from facts ---------------------------------------------------------------------------------------


def _from_facts(identifier: str, facts: dict[str, Any]) -> Collection:
    check_collection_id(identifier)
    bands = _bands(facts.pop("bands", ()), facts.pop("resolution", None))
    bbox = _box(facts.pop("spatial_extent", WORLD))
    interval = facts.pop("temporal_extent", ("2015-01-01T00:00:00Z", None))
    dimensions = facts.pop("dimensions", None)
    if unknown := sorted(facts.keys() - set(_KNOWN_FACTS)):
        raise ValueError(
            f"A collection has no {unknown[0]!r}. Available: bands, dimensions, resolution, spatial_extent, "
            f"temporal_extent, {', '.join(_KNOWN_FACTS)}."
        )
    title = facts.pop("title", None) or identifier
    dimensions, bands = _dimensions(dimensions, bands, time=interval is not None)
    start, end = _interval(interval if interval is not None else (None, None))
    with _telling(f"No collection follows from what is told of {identifier}"):
        collection = Collection(
            id=identifier,
            title=title,
            description=facts.pop("description", None) or title,
            bands=bands,
            since=start,
            until=end,
            bbox=bbox,
            dimensions=dimensions,
            **facts,
        )
        if not 0 < collection.tile <= 360:
            raise ValueError(f"The size of a tile must be a number of degrees, got {collection.tile!r}.")
        # The facts may hold anything; what is made of them is checked like any other document.
        _json(collection.metadata)
        check_dimensions(collection.metadata["cube:dimensions"])
    return collection


def _bands(given: Any, resolution: float | None) -> tuple[Band, ...]:
    if isinstance(given, (str, Band)) or not isinstance(given, Sequence):
        raise ValueError(f"bands must be a list of names or Band objects, got {given!r}.")
    bands = tuple(
        each if isinstance(each, Band) else Band(each, gsd=resolution, data_type="float32") for each in given
    )
    check_band_names([band.name for band in bands], "The collection")
    return bands


def _dimensions(
    given: Any, bands: tuple[Band, ...], *, time: bool
) -> tuple[dict[str, Any], tuple[Band, ...]]:
    if given is None:
        return default_dimensions(time=time, bands=bool(bands)), bands
    if not isinstance(given, Mapping):
        raise ValueError(f"dimensions must be a dict of STAC dimension objects by name, got {given!r}.")
    check_dimensions(given)
    named = [each for each in given.values() if each["type"] == "bands"]
    if bands and not named:
        raise ValueError("There are bands, but no dimension of the type bands.")
    if named and not bands:
        labels = named[0].get("values", ())
        check_band_names(labels, "The bands dimension")
        bands = tuple(Band(label, data_type="float32") for label in labels)
    return dict(given), bands


def _box(given: Any) -> BBox:
    """Read a box, from four numbers or from an object as load_collection takes it."""
    if isinstance(given, Mapping):
        try:
            given = [given[side] for side in ("west", "south", "east", "north")]
        except KeyError as missing:
            raise ValueError(f"spatial_extent has no {missing.args[0]}.") from None
    numbers = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else []
    if len(numbers) != 4 or not all(_is_number(each) for each in numbers):
        raise ValueError(f"spatial_extent must be west, south, east and north in degrees, got {given!r}.")
    west, south, east, north = map(float, numbers)
    _check_box([west, south, east, north])
    return west, south, east, north


def _check_box(box: Any) -> None:
    if not isinstance(box, Sequence) or len(box) not in (4, 6) or not all(map(_is_number, box)):
        raise ValueError(
            f"A spatial extent must be a list of four numbers, or of six with heights, got {box!r}."
        )
    west, south, east, north = flat(box)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise ValueError(f"A spatial extent is in degrees of longitude and latitude: {list(box)} is not.")
    if south > north:
        raise ValueError(f"The spatial extent's south is north of its north: {list(box)}.")


def _interval(given: Any) -> tuple[str | None, str | None]:
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 2:
        raise ValueError(
            f"A temporal extent must be a start and an end, of which one may be None, got {given!r}."
        )
    try:
        start = None if given[0] is None else read_instant(_text(given[0]))
        end = None if given[1] is None else read_instant(_text(given[1]))
    except ValueError as error:
        raise ValueError(f"The temporal extent cannot be read: {error}.") from None
    if start is not None and end is not None and start > end:
        raise ValueError(f"The temporal extent ends before it begins: {list(given)}.")
    return None if start is None else write_instant(start), None if end is None else write_instant(end)


def _text(instant: Any) -> str:
    return str(instant.isoformat()) if hasattr(instant, "isoformat") else str(instant)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


# -- from documents -----------------------------------------------------------------------------------


def _from_document(given: Mapping[str, Any]) -> StacCollection:
    document = _json(given)
    check_collection_id(document.get("id"))
    if (kind := document.get("type", "Collection")) != "Collection":
        raise ValueError(f"{document['id']} is a STAC {kind}, not a Collection.")
    document["type"] = "Collection"
    document.setdefault("stac_version", STAC_VERSION)
    document.setdefault("stac_extensions", [])
    document.setdefault("description", document.get("title") or document["id"])
    # From STAC 1.1 on, what has no SPDX id is called otherwise.
    document.setdefault("license", "proprietary" if document["stac_version"].startswith("1.0") else "other")
    links = document.get("links") or []
    document["links"] = [link for link in links if link.get("rel") not in _OURS]
    if not isinstance(document.setdefault("summaries", {}), dict):
        raise ValueError(f"The summaries of {document['id']} are not an object.")
    box, interval = _extent(document)
    bands = [band.name for band in bands_of(document)] or _bands_of_assets(document)
    dimensions = document.get("cube:dimensions")
    if dimensions is None:
        dimensions = default_dimensions(time=interval != [None, None], bands=bool(bands))
    check_dimensions(dimensions := _with_axes(dimensions))
    document["cube:dimensions"] = completed(dimensions, bbox=box, interval=interval, bands=bands)
    check_dimensions(document["cube:dimensions"])
    if not any("/datacube/" in url for url in document["stac_extensions"]):
        document["stac_extensions"].append(DATACUBE)
    return StacCollection(document["id"], document)


def _with_axes(dimensions: Any) -> Any:
    """Return dimensions of which those called x, y or z have an axis; openeo-python-driver leaves it out."""
    if not isinstance(dimensions, Mapping):
        return dimensions
    return {
        name: {"axis": name, **each}
        if name in AXES and isinstance(each, Mapping) and each.get("type") == "spatial"
        else each
        for name, each in dimensions.items()
    }


def _extent(document: dict[str, Any]) -> tuple[list[float], list[str | None]]:
    """Return the box and the interval that a document names first; the world and always if it has none."""
    extent = document.setdefault("extent", {})
    boxes = extent.setdefault("spatial", {}).setdefault("bbox", [list(WORLD)])
    intervals = extent.setdefault("temporal", {}).setdefault("interval", [[None, None]])
    if not boxes or not intervals:
        raise ValueError(f"The extent of {document['id']} has no bbox or no interval.")
    _check_box(boxes[0])
    _interval(intervals[0])
    return boxes[0], intervals[0]


def _bands_of_assets(document: Mapping[str, Any]) -> list[str]:
    """Return the bands that a document tells of in the assets of its items only."""
    names: list[str] = []
    for asset in (document.get("item_assets") or {}).values():
        for band in (*asset.get("eo:bands", ()), *asset.get("bands", ())):
            if (name := band.get("name")) is not None and name not in names:
                names.append(name)
    return names


@contextmanager
def _telling(message: str) -> Iterator[None]:
    """Turn what goes wrong with a value of another type than expected into a ValueError."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"{message}: {error!r}.") from error


def _is_path(text: str) -> bool:
    # Ids may have slashes, too.
    return text.lower().endswith(".json") or (("/" in text or os.sep in text) and Path(text).exists())


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not valid JSON: {error}.") from error


def _json(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that shares nothing with the original."""
    try:
        copy: dict[str, Any] = json.loads(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(f"A collection is made of what JSON can say: {error}.") from None
    return copy
