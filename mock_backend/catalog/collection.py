"""Build the full STAC metadata of a collection from the few facts that make it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mock_backend.settings import STAC_VERSION

DATACUBE = "https://stac-extensions.github.io/datacube/v2.2.0/schema.json"
EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
RASTER = "https://stac-extensions.github.io/raster/v1.1.0/schema.json"

WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Band:
    """A band of a collection.

    Args:
        name: Its name in process graphs, e.g. ``B04``.
        common_name: Its STAC common name, e.g. ``red``.
        center: Its centre wavelength in micrometres.
        gsd: Its ground resolution in metres.
        data_type: Its STAC raster data type.
        unit: The unit of its values.
        scale: What stored values are multiplied with.
        description: What it shows.
    """

    name: str
    common_name: str | None = None
    center: float | None = None
    gsd: float | None = None
    data_type: str = "uint16"
    unit: str | None = None
    scale: float | None = None
    description: str | None = None

    def eo(self) -> dict[str, Any]:
        """Return its entry in ``eo:bands``."""
        facts = {
            "name": self.name,
            "description": self.description,
            "common_name": self.common_name,
            "center_wavelength": self.center,
            "gsd": self.gsd,
        }
        return _known(facts)

    def raster(self) -> dict[str, Any]:
        """Return its entry in ``raster:bands``."""
        facts = {
            "name": self.name,
            "data_type": self.data_type,
            "unit": self.unit,
            "scale": self.scale,
            "spatial_resolution": self.gsd,
        }
        return _known(facts)


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A collection of the catalogue.

    Args:
        id: Its id.
        title: Its title.
        description: What it holds.
        bands: Its bands.
        since: The first instant with data, ISO 8601; None for data without time.
        until: The last one; None means it goes on.
        bbox: West, south, east and north in degrees.
        license: An SPDX id, or ``proprietary`` or ``other`` together with a licence link.
        license_url: Where the licence is told.
        providers: STAC provider objects.
        keywords: Keywords.
        epsg: The coordinate system of the data; None for one UTM zone per tile.
        constellation: The mission.
        instruments: The sensors.
    """

    id: str
    title: str
    description: str
    bands: Sequence[Band]
    since: str | None
    until: str | None = None
    bbox: tuple[float, float, float, float] = WORLD
    license: str = "proprietary"
    license_url: str | None = None
    providers: Sequence[dict[str, Any]] = ()
    keywords: Sequence[str] = ()
    epsg: int | None = None
    constellation: str | None = None
    instruments: Sequence[str] = ()

    def summary(self) -> dict[str, Any]:
        """Return its STAC metadata as listings show it, without links to itself."""
        return {
            "stac_version": STAC_VERSION,
            "stac_extensions": [DATACUBE, EO, RASTER],
            "type": "Collection",
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "keywords": list(self.keywords),
            "license": self.license,
            "providers": list(self.providers),
            "extent": {
                "spatial": {"bbox": [list(self.bbox)]},
                "temporal": {"interval": [[self.since, self.until]]},
            },
            "links": self._license_links(),
        }

    def metadata(self) -> dict[str, Any]:
        """Return its full STAC metadata, without links to itself."""
        return self.summary() | {"cube:dimensions": self._dimensions(), "summaries": self._summaries()}

    def _license_links(self) -> list[dict[str, Any]]:
        return [{"rel": "license", "href": self.license_url}] if self.license_url else []

    def _dimensions(self) -> dict[str, Any]:
        west, south, east, north = self.bbox
        # A dimension without a reference system is longitude or latitude (EPSG:4326).
        system = {"reference_system": self.epsg} if self.epsg else {}
        dimensions: dict[str, Any] = {
            "x": {"type": "spatial", "axis": "x", "extent": [west, east], **system},
            "y": {"type": "spatial", "axis": "y", "extent": [south, north], **system},
        }
        if self.since is not None:
            dimensions["t"] = {"type": "temporal", "extent": [self.since, self.until]}
        return dimensions | {"bands": {"type": "bands", "values": [band.name for band in self.bands]}}

    def _summaries(self) -> dict[str, Any]:
        facts = {
            "constellation": [self.constellation] if self.constellation else None,
            "instruments": list(self.instruments) or None,
            "gsd": sorted({band.gsd for band in self.bands if band.gsd}) or None,
            "eo:bands": [band.eo() for band in self.bands],
            "raster:bands": [band.raster() for band in self.bands],
        }
        return _known(facts)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
