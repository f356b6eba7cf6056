"""A band of a collection, and how STAC metadata tell of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mock_backend.dataclass import dataclass


@dataclass(frozen=True)
class Band:
    """A band of a collection.

    ``minimum``, ``maximum`` and ``nodata`` are values as they are stored, before ``scale`` and
    ``offset``.

    Args:
        name: Its name in process graphs, e.g. ``B04``.
        common_name: Its STAC common name, e.g. ``red``.
        center: Its centre wavelength in micrometres.
        gsd: Its ground resolution in metres.
        data_type: Its STAC raster data type.
        unit: The unit of its values.
        scale: The factor of stored values.
        description: A description for people.
        offset: The offset, which is added after scaling.
        minimum: The smallest value that is to be expected.
        maximum: The largest one.
        nodata: The value that says there is none; ``nan`` for NaN.
        width: The full width of its response at half of the maximum, in micrometres.
        classes: The meanings of its values, if they are classes.
        aliases: Other names that process graphs may use for it.
    """

    name: str
    common_name: str | None = None
    center: float | None = None
    gsd: float | None = None
    data_type: str = "uint16"
    unit: str | None = None
    scale: float | None = None
    description: str | None = None
    offset: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    nodata: float | str | None = None
    width: float | None = None
    classes: Mapping[int, str] | None = None
    aliases: Sequence[str] = ()

    def eo(self) -> dict[str, Any]:
        """Return its entry in ``eo:bands``."""
        facts = {
            "name": self.name,
            "description": self.description,
            "common_name": self.common_name,
            "aliases": list(self.aliases) or None,
            "center_wavelength": self.center,
            "full_width_half_max": self.width,
            "gsd": self.gsd,
            # Where the openeo client looks for the resolution.
            "openeo:gsd": None if self.gsd is None else {"value": self.gsd, "unit": "m"},
        }
        return known(facts)

    def raster(self) -> dict[str, Any]:
        """Return its entry in ``raster:bands``."""
        facts = {
            "name": self.name,
            "data_type": self.data_type,
            "unit": self.unit,
            "scale": self.scale,
            "offset": self.offset,
            "nodata": self.nodata,
            "spatial_resolution": self.gsd,
            "statistics": known({"minimum": self.minimum, "maximum": self.maximum}) or None,
            "classification:classes": self._classes(),
        }
        return known(facts)

    def _classes(self) -> list[dict[str, Any]] | None:
        if not self.classes:
            return None
        return [
            {
                "value": value,
                "name": re.sub(r"\W+", "_", text.lower(), flags=re.ASCII) or f"class_{value}",
                "description": text,
            }
            for value, text in self.classes.items()
        ]


def bands_of(metadata: Mapping[str, Any]) -> tuple[Band, ...]:
    """Return the bands that a collection's STAC metadata tell of, in the order of its bands dimension.

    Args:
        metadata: A STAC collection, with ``eo:bands`` and ``raster:bands`` (STAC 1.0) or ``bands``
            (STAC 1.1) in its summaries or beside them.
    """
    summaries = metadata.get("summaries") or {}
    facts: dict[str, dict[str, Any]] = {}
    listed = [
        entries
        for place in (metadata, summaries)
        for member in ("eo:bands", "sar:bands", "bands", "raster:bands")
        if isinstance(entries := place.get(member), Sequence)
    ]
    first = [_name(entry) for entry in listed[0]] if listed else []
    for entries in listed:
        for place, entry in enumerate(entries):
            # Entries of ``raster:bands`` need not have a name: they are in the order of the others.
            name = _name(entry) or (first[place] if place < len(first) else None)
            if name is not None:
                facts[name] = facts.get(name, {}) | entry
    names = next(
        (
            dimension["values"]
            for dimension in (metadata.get("cube:dimensions") or {}).values()
            if dimension.get("type") == "bands" and dimension.get("values")
        ),
        list(facts),
    )
    return tuple(_band(str(name), facts.get(str(name), {})) for name in names)


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: the API has no use for null."""
    return {name: value for name, value in facts.items() if value is not None}


def _name(entry: Mapping[str, Any]) -> str | None:
    name = entry.get("name")
    return None if name is None else str(name)


def _band(name: str, facts: Mapping[str, Any]) -> Band:
    def fact(*names: str) -> Any:
        return next((facts[each] for each in names if facts.get(each) is not None), None)

    statistics = fact("statistics") or {}
    classes = fact("classification:classes")
    return Band(
        name,
        common_name=fact("common_name", "eo:common_name"),
        center=fact("center_wavelength", "eo:center_wavelength"),
        gsd=fact("gsd", "spatial_resolution", "raster:spatial_resolution"),
        data_type=fact("data_type") or "float32",
        unit=fact("unit"),
        scale=fact("scale", "raster:scale"),
        description=fact("description"),
        offset=fact("offset", "raster:offset"),
        minimum=statistics.get("minimum"),
        maximum=statistics.get("maximum"),
        nodata=fact("nodata"),
        width=fact("full_width_half_max", "eo:full_width_half_max"),
        classes=None if classes is None else {each["value"]: each.get("description", "") for each in classes},
        aliases=tuple(fact("aliases") or ()),
    )
