"""Properties by which the items of a collection can be filtered, as a JSON Schema; and values that fit it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any
from zlib import crc32

from mock_backend.catalog.collection import Described, StacCollection, Summary
from mock_backend.catalog.dimensions import BBox
from mock_backend.catalog.stac.filtering import Filter
from mock_backend.catalog.stac.query import ItemOrder

_SCHEMA = "https://json-schema.org/draft/2019-09/schema"

#: Properties of items that are lists: their summaries hold what may be in the list.
_LISTS = frozenset({"instruments", "sar:polarizations"})

#: Properties of the items of each collection.
_OF_ALL = {
    "id": {"type": "string"},
    "collection": {"type": "string"},
    "geometry": {"type": "object", "format": "geometry-any"},
    "datetime": {"type": "string", "format": "date-time"},
}

_TITLES = {
    "collection": "Collection",
    "constellation": "Mission",
    "datetime": "Date and time",
    "eo:cloud_cover": "Cloud cover in percent",
    "geometry": "Geometry",
    "gsd": "Ground resolution in metres",
    "id": "Identifier",
    "instruments": "Instruments",
    "platform": "Satellite",
    "proj:epsg": "EPSG code of the coordinate system",
    "sar:center_frequency": "Frequency in gigahertz",
    "sar:frequency_band": "Frequency band",
    "sar:instrument_mode": "Instrument mode",
    "sar:polarizations": "Polarizations",
    "sar:product_type": "Product type",
    "sat:orbit_state": "Direction of the orbit",
}


def queryables_of(collection: Described, href: str) -> dict[str, Any]:
    """Return the JSON Schema of what a collection's items can be filtered by.

    Args:
        collection: The collection; its summaries say what there is.
    """
    return _document(href, collection.title, _properties(collection), has_more=_has_more(collection))


def common_queryables(collections: Sequence[Described], href: str) -> dict[str, Any]:
    """Return the JSON Schema of what the items of several collections can be filtered by."""
    properties: dict[str, Any] = {}
    for collection in collections:
        for name, schema in _properties(collection).items():
            known = properties.setdefault(name, schema)
            # The limits and values of one collection are not those of all.
            properties[name] = {key: value for key, value in known.items() if schema.get(key) == value}
    # Of several collections some have what others have not.
    return _document(href, "Properties of items of all collections", properties, has_more=True)


def check_queryables(collections: Sequence[Described], *asked: Filter | ItemOrder | None) -> None:
    """Refuse a filter and an order that name other things than collections' items can be filtered by."""
    given = [each for each in asked if each is not None]
    if given and not any(map(_has_more, collections)):
        names = frozenset(name for each in collections for name in _properties(each))
        for each in given:
            each.check(names)


def _has_more(collection: Described) -> bool:
    """Tell whether items may have other properties: a document need not have told of all of them."""
    return isinstance(collection, StacCollection)


def _properties(collection: Described) -> dict[str, Any]:
    properties: dict[str, Any] = deepcopy(_OF_ALL)
    for summary in collection.item_summaries:
        if (schema := _schema(summary)) is not None:
            properties[summary.name] = schema
    for name, schema in properties.items():
        schema.setdefault("title", _TITLES.get(name, name))
    return properties


def _document(href: str, title: str, properties: dict[str, Any], *, has_more: bool) -> dict[str, Any]:
    return {
        "$schema": _SCHEMA,
        "$id": href,
        "type": "object",
        "title": title,
        "properties": properties,
        "additionalProperties": has_more,
    }


def properties_of(
    collection: Described, seed: str, footprint: BBox, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return properties of an item, made up from the collection's summaries; the same for the same seed.

    Args:
        known: Values of properties that are not made up, if they are among those of the summaries.
    """
    properties = {}
    for summary in collection.item_summaries:
        name = summary.name
        if name in known and _fits(known[name], summary):
            properties[name] = known[name]
            continue
        lot = crc32(f"{seed} {name}".encode())
        if name == "proj:epsg" and (zone := _utm_zone(footprint)) in summary.values:
            properties[name] = zone
        elif (value := _value(summary, lot)) is not None:
            properties[name] = value
    return properties


def _schema(summary: Summary) -> dict[str, Any] | None:
    if summary.limits is not None:
        return {"type": "number", "minimum": summary.limits[0], "maximum": summary.limits[1]}
    if isinstance(summary.given, Mapping):
        # A schema already; or a range of texts, which says nothing to a schema.
        return dict(summary.given) if "type" in summary.given else None
    if not summary.values:
        return None
    kind = "string" if isinstance(summary.values[0], str) else "number"
    schema: dict[str, Any] = {"type": kind, "enum": summary.values}
    return {"type": "array", "items": schema} if summary.name in _LISTS else schema


def _fits(value: Any, summary: Summary) -> bool:
    if summary.limits is not None:
        return bool(summary.limits[0] <= value <= summary.limits[1])
    return value in summary.values


def _value(summary: Summary, lot: int) -> Any:
    if summary.limits is not None:
        low, high = summary.limits
        return min(max(round(low + (high - low) * (lot % 10_001) / 10_000, 2), low), high)
    values = summary.values
    if not values or summary.name in _LISTS:
        return values or None
    return min(values) if summary.name == "gsd" else values[lot % len(values)]


def _utm_zone(footprint: BBox) -> int:
    west, south, _, north = footprint
    zone = int((west + 180) % 360 // 6) + 1
    return (32600 if south + north >= 0 else 32700) + zone
