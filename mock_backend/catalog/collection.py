"""Collections of the catalogue: what makes one up, and the STAC metadata that follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeGuard

from mock_backend.catalog.band import Band, bands_of, known
from mock_backend.catalog.coverage import Coverage, DatedCoverage
from mock_backend.catalog.dimensions import WORLD, BBox, completed, default_dimensions, flat
from mock_backend.catalog.orbit import Orbit, hours_of
from mock_backend.catalog.stac.instants import read_instant
from mock_backend.catalog.stac.stac import VERSION, stac_extensions, without_missing
from mock_backend.dataclass import dataclass
from mock_backend.durations import to_timedelta
from mock_backend.settings import STAC_VERSION

#: Summaries that describe the collection's data and no property of an item.
_NO_PROPERTIES = frozenset({"eo:bands", "sar:bands", "raster:bands", "bands"})


@dataclass(frozen=True)
class Summary:
    """Range or values of a property of a collection's items."""

    name: str  #: The name of the property
    given: Any  #: The summary as STAC has it
    limits: tuple[float, float] | None  #: The ends of a range of numbers; None if it is something else
    values: Sequence[Any]  #: All values, if they are all texts, or all numbers


def summaries_of(metadata: Mapping[str, Any]) -> list[Summary]:
    """Return the summaries of a collection that properties of items go with."""
    return [
        Summary(name, given, _limits(given), _values(given))
        for name, given in metadata.get("summaries", {}).items()
        if name not in _NO_PROPERTIES
    ]


def _limits(given: Any) -> tuple[float, float] | None:
    if not isinstance(given, Mapping):
        return None
    facts = dict(given)
    for part in given.get("allOf", ()):
        facts |= part if isinstance(part, Mapping) else {}
    low, high = facts.get("minimum"), facts.get("maximum")
    return (low, high) if _is_number(low) and _is_number(high) else None


def _values(given: Any) -> list[Any]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        return []
    same = all(isinstance(each, str) for each in given) or all(map(_is_number, given))
    return list(given) if same else []


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


#: The members that only the full metadata have.
_LARGE = ("cube:dimensions", "cube:variables", "summaries", "assets", "item_assets")

_NEVER, _DAY = timedelta(0), timedelta(days=1)
#: Summaries of collections whose items are scenes of satellites.
_SCENES = {"sat:orbit_state", "eo:cloud_cover", "sar:instrument_mode"}
#: Default number of days until a place is seen again.
_REVISIT = timedelta(days=5)


#: UTM's zones in the north and in the south.
_UTM = (*range(32601, 32661), *range(32701, 32761))


class Described:
    """A collection, whatever it was described by."""

    id: str
    #: Its title, or else its id.
    title: str
    #: Its full STAC metadata, without links that depend on a request.
    metadata: dict[str, Any]
    #: The width and height of its items in degrees.
    tile: float
    #: Days until an item of the same place follows; None if unknown.
    revisit_days: float | None
    #: A day on which its satellites really passed, by which files have the names that people know.
    passed: str | None = None
    #: The id of the collection that should be used instead.
    replaced_by: str | None = None
    #: The data that a test gave for it; None where they are made up.
    data: Any = None
    #: Times of its items, if these are not computed.
    dates: Sequence[str] = ()

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The metadata that listings show."""
        return without_missing({name: self.metadata[name] for name in self.metadata if name not in _LARGE})

    @cached_property
    def item_summaries(self) -> list[Summary]:
        """The summaries that its items have properties of."""
        return summaries_of(self.metadata)

    @property
    def bands(self) -> Sequence[Band]:
        """The bands."""
        return bands_of(self.metadata)

    @cached_property
    def coverage(self) -> Coverage:
        """Extents of its items."""
        box = self.metadata["extent"]["spatial"]["bbox"][0]
        start, end = self.metadata["extent"]["temporal"]["interval"][0]
        bbox = flat(box)
        if self.dates:
            at = tuple(read_instant(each) for each in self.dates)
            return DatedCoverage(bbox, self.tile, at[0], at[-1], timedelta(seconds=1), at)
        revisit, hours = self._revisit(), self._hours()
        facts = (
            bbox,
            self.tile,
            None if start is None else read_instant(start),
            None if end is None else read_instant(end, end=True),
            revisit,
        )
        # Several hours take turns, for which a round has to be longer than a day.
        if hours and revisit is not None and revisit % _DAY == _NEVER and revisit >= _DAY * len(hours):
            return Orbit(*facts, hours=hours, passed=read_instant(self.passed) if self.passed else None)
        return Coverage(*facts)

    def _hours(self) -> tuple[float, ...]:
        """Return the local solar times of satellites that pass, if its items are scenes of theirs."""
        summaries = self.metadata.get("summaries", {})
        if not _SCENES & summaries.keys():
            return ()
        listed = (summaries.get(each) for each in ("constellation", "platform", "instruments"))
        texts = [text for each in listed if isinstance(each, list) for text in each if isinstance(text, str)]
        return hours_of(self.id, *texts)

    def _revisit(self) -> timedelta | None:
        times = [each for each in self.metadata["cube:dimensions"].values() if each.get("type") == "temporal"]
        if not times:
            return None
        if self.revisit_days is not None:
            return timedelta(days=self.revisit_days) or None
        step = times[0].get("step")
        try:
            return (to_timedelta(step) or _REVISIT) if isinstance(step, str) else _REVISIT
        except ValueError:  # months and years have no fixed length
            return _REVISIT


@dataclass(frozen=True, kw_only=True)
class Collection(Described):
    """A collection described by its facts.

    Args:
        id: Its id.
        title: Its title.
        description: A description for people.
        bands: Its bands.
        since: The first instant with data, ISO 8601; None if unknown.
        until: The last one; None means it goes on.
        has_time: True if its data cube has a time dimension.
        bbox: West, south, east and north in degrees.
        license: An SPDX id, or ``proprietary`` together with a licence link.
        license_url: The URL of the licence.
        providers: STAC provider objects.
        keywords: Keywords.
        epsg: The coordinate system of the data; None for the UTM zone of each place.
        cell: The size of a pixel in degrees, where all have one size.
        step: The time between two instants, ISO 8601, where it is always the same.
        constellation: The mission.
        platforms: The satellites.
        instruments: The sensors.
        summaries: More STAC summaries.
        dimensions: The dimensions of its data cube if they are not ``x``, ``y``, ``t`` and ``bands``.
        version: The version of the data.
        replaced_by: The id of the collection that should be used instead of this deprecated one.
        links: STAC links, e.g. to documentation.
        tile: The width and height of its items in degrees.
        revisit_days: The number of days until an item of the same place follows; 0 if none does.
        passed: A day on which its satellites really passed.
    """

    id: str
    title: str
    description: str
    bands: Sequence[Band] = ()
    since: str | None
    until: str | None = None
    has_time: bool = True
    bbox: BBox = WORLD
    license: str = "proprietary"
    license_url: str | None = None
    providers: Sequence[Mapping[str, Any]] = ()
    keywords: Sequence[str] = ()
    epsg: int | None = None
    cell: float | None = None
    step: str | None = None
    constellation: str | None = None
    platforms: Sequence[str] = ()
    instruments: Sequence[str] = ()
    summaries: Mapping[str, Any] = field(default_factory=dict)
    dimensions: Mapping[str, Any] | None = None
    version: str | None = None
    replaced_by: str | None = None
    links: Sequence[Mapping[str, Any]] = ()
    tile: float = 1.0
    revisit_days: float | None = None
    passed: str | None = None

    @cached_property
    def metadata(self) -> dict[str, Any]:  # type: ignore[override]  # computed where others are given
        """The full STAC metadata, without links that depend on a request; do not change them."""
        document: dict[str, Any] = {
            "stac_version": STAC_VERSION,
            "stac_extensions": [],
            "type": "Collection",
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "keywords": list(self.keywords),
            "license": self.license,
            "providers": [dict(each) for each in self.providers],
            "extent": {
                "spatial": {"bbox": [list(self.bbox)]},
                "temporal": {"interval": [[self.since, self.until]]},
            },
            "cube:dimensions": self._dimensions(),
            "summaries": self._summaries(),
            "links": [dict(each) for each in self.links],
        }
        if self.license_url is not None:
            document["links"].append({"rel": "license", "href": self.license_url, "title": "License"})
        document["stac_extensions"] = stac_extensions(document)
        deprecated = True if self.replaced_by is not None else None
        if indicators := known({"version": self.version, "deprecated": deprecated}):
            document |= indicators
            document["stac_extensions"].append(VERSION)
        return document

    def _dimensions(self) -> dict[str, Any]:
        defaults = default_dimensions(time=self.has_time, bands=bool(self.bands))
        return completed(
            defaults if self.dimensions is None else self.dimensions,
            bbox=self.bbox,
            interval=(self.since, self.until),
            bands=[band.name for band in self.bands],
            cell=self.cell,
            step=self.step,
        )

    def _summaries(self) -> dict[str, Any]:
        facts = {
            "constellation": [self.constellation] if self.constellation else None,
            "platform": list(self.platforms) or None,
            "instruments": list(self.instruments) or None,
            "gsd": sorted({band.gsd for band in self.bands if band.gsd}) or None,
            "proj:epsg": [self.epsg] if self.epsg else list(_UTM),
            **self.summaries,
            "eo:bands": [band.eo() for band in self.bands] or None,
            "raster:bands": [band.raster() for band in self.bands] or None,
        }
        return known(facts)


@dataclass(frozen=True)
class StacCollection(Described):
    """A collection described by a STAC document."""

    id: str
    metadata: dict[str, Any]  #: The document, complete; without links that depend on a request
    tile: float = 1.0  #: The width and height of its items in degrees
    revisit_days: float | None = None  #: The number of days until an item of the same place follows

    @property
    def title(self) -> str:  # type: ignore[override]  # computed where others are given
        """The title of the document, or else the id."""
        return self.metadata.get("title") or self.id
