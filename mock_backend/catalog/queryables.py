"""What the items of a collection can be filtered by, as a JSON Schema; and values that fit it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard
from zlib import crc32

from mock_backend.catalog.collection import Described, StacCollection
from mock_backend.catalog.dimensions import BBox

MEDIA_TYPE = "application/schema+json"
RELATION = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

_SCHEMA = "https://json-schema.org/draft/2019-09/schema"

#: Summaries that describe the collection's data and no property of an item.
_NO_PROPERTIES = frozenset({"eo:bands", "sar:bands", "raster:bands", "bands"})
#: Properties of items that are lists: their summaries hold what may be in the list.
_LISTS = frozenset({"instruments", "sar:polarizations"})

_TITLES = {
    "constellation": "Mission",
    "datetime": "Date and time",
    "eo:cloud_cover": "Cloud cover in percent",
    "gsd": "Ground resolution in metres",
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
        href: The schema's own URL.
    """
    properties: dict[str, Any] = {"datetime": {"type": "string", "format": "date-time"}}
    for name, summary in _summaries(collection):
        if (schema := _schema(name, summary)) is not None:
            properties[name] = schema
    for name, schema in properties.items():
        schema.setdefault("title", _TITLES.get(name, name))
    return {
        "$schema": _SCHEMA,
        "$id": href,
        "type": "object",
        "title": collection.metadata.get("title") or collection.id,
        "properties": properties,
        # A document of somebody's own need not have told of all its properties.
        "additionalProperties": isinstance(collection, StacCollection),
    }


def properties_of(collection: Described, seed: str, footprint: BBox) -> dict[str, Any]:
    """Return properties of an item, made up from the collection's summaries; the same for the same seed.

    Args:
        collection: The collection.
        seed: The item's id.
        footprint: Where the item is.
    """
    properties = {}
    for name, summary in _summaries(collection):
        lot = crc32(f"{seed} {name}".encode())
        if name == "proj:epsg" and (zone := _utm_zone(footprint)) in _scalars(summary):
            properties[name] = zone
        elif (value := _value(name, summary, lot)) is not None:
            properties[name] = value
    return properties


def _summaries(collection: Described) -> list[tuple[str, Any]]:
    summaries = collection.metadata.get("summaries", {})
    return [(name, value) for name, value in summaries.items() if name not in _NO_PROPERTIES]


def _schema(name: str, summary: Any) -> dict[str, Any] | None:
    if (limits := _range(summary)) is not None:
        return {"type": "number", "minimum": limits[0], "maximum": limits[1]}
    if isinstance(summary, Mapping):
        # A schema already; or a range of texts, which says nothing to a schema.
        return dict(summary) if "type" in summary else None
    values = _scalars(summary)
    if not values:
        return None
    kind = "string" if isinstance(values[0], str) else "number"
    schema: dict[str, Any] = {"type": kind, "enum": values}
    return {"type": "array", "items": schema} if name in _LISTS else schema


def _value(name: str, summary: Any, lot: int) -> Any:
    if (limits := _range(summary)) is not None:
        low, high = limits
        return min(max(round(low + (high - low) * (lot % 10_001) / 10_000, 2), low), high)
    values = _scalars(summary)
    if not values:
        return None
    if name in _LISTS:
        return values
    return min(values) if name == "gsd" else values[lot % len(values)]


def _range(summary: Any) -> tuple[float, float] | None:
    """Return the ends of a range of numbers; None if that is something else."""
    if not isinstance(summary, Mapping):
        return None
    facts = dict(summary)
    for part in summary.get("allOf", ()):
        facts |= part if isinstance(part, Mapping) else {}
    low, high = facts.get("minimum"), facts.get("maximum")
    return (low, high) if _is_number(low) and _is_number(high) else None


def _scalars(summary: Any) -> list[Any]:
    """Return a summary's values if they are all texts, or all numbers; otherwise nothing."""
    if not isinstance(summary, Sequence) or isinstance(summary, str):
        return []
    same = all(isinstance(each, str) for each in summary) or all(map(_is_number, summary))
    return list(summary) if same else []


def _utm_zone(footprint: BBox) -> int:
    west, south, _, north = footprint
    zone = int((west + 180) % 360 // 6) + 1
    return (32600 if south + north >= 0 else 32700) + zone


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
