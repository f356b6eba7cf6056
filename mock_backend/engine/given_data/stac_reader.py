"""Data that STAC documents lead to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any
from urllib.parse import urljoin

from mock_backend.dataclass import dataclass
from mock_backend.engine.given_data.data import GivenData, GivenDataError, with_aliases
from mock_backend.engine.given_data.interpreting import written_instants
from mock_backend.engine.given_data.reading import read_content, stacked
from mock_backend.engine.given_data.url_contents import ContentReader, UnknownContentError

#: Media types of assets with data, as far as they can be read, and endings of their names.
_MEDIA_TYPES = ("image/tiff", "application/x-netcdf", "application/netcdf", "application/vnd+zarr")
_ENDINGS = (".tif", ".tiff", ".nc", ".zarr.zip")
#: More documents than that are those of an archive, and none that a test gives.
_MOST = 1000


@dataclass
class StacReader:
    """Read the data that a STAC document leads to."""

    reader: ContentReader
    #: Tells of an item, as a document, whether its data are wanted
    chosen: Callable[[Mapping[str, Any]], bool] = lambda _: True
    _seen: set[str] = field(default_factory=set)

    def data(self, url: str, bands: Sequence[str] = ()) -> GivenData | None:
        """Return the data of all items of a collection, a catalogue or an item; None if none are wanted.

        Args:
            bands: Only assets with these bands, and only these bands of them; none for all.
        """
        items = list(self._items(self.reader.json(url), url))
        parts = [part for item, at in items if self.chosen(item) for part in self._of_item(item, at, bands)]
        if not parts:
            if any(_has_data(asset) for item, _ in items for asset in (item.get("assets") or {}).values()):
                return None
            raise UnknownContentError(f"{url} leads to no GeoTIFF, netCDF or Zarr")
        try:
            return stacked(parts)
        except GivenDataError as error:
            raise UnknownContentError(f"the assets of {url} make no data cube: {error}") from None

    def _items(self, document: Any, url: str) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Yield items with the URLs that they were found at."""
        kind = document.get("type") if isinstance(document, dict) else None
        if kind == "Feature":
            yield document, url
            return
        if kind == "FeatureCollection":
            for each in document.get("features", ()):
                yield from self._items(each, url)
            return
        if kind not in ("Collection", "Catalog"):
            raise UnknownContentError(f"{url} is not a STAC document: it has the type {kind!r}")
        links = [each for each in document.get("links", ()) if each.get("rel") in ("item", "child")]
        for each in links:
            href = urljoin(url, str(each.get("href")))
            if href in self._seen:
                continue
            if len(self._seen) >= _MOST:
                raise UnknownContentError(f"{url} leads to more than {_MOST:,} documents")
            self._seen.add(href)
            yield from self._items(self.reader.json(href), href)
        if not links and document.get("assets"):
            # Results of jobs have assets of their own.
            yield document, url

    def _of_item(self, item: Mapping[str, Any], url: str, bands: Sequence[str]) -> Iterator[GivenData]:
        properties = item.get("properties") or {}
        instant = properties.get("datetime") or properties.get("start_datetime")
        assets = item.get("assets") or {}
        for name, asset in assets.items():
            if not _has_data(asset):
                continue
            told = _bands_of(asset)
            if bands and told and not set(bands) & {each for pair in told for each in pair}:
                continue
            href = urljoin(url, str(asset.get("href")))
            content = self.reader.url(href)
            try:
                found = read_content(content, href)
                when = None if instant is None else written_instants([instant])[0]
            except GivenDataError as error:
                raise UnknownContentError(f"the asset {name!r} of {url} cannot be read: {error}") from None
            if when is not None and len(found.cube.times) < 2:
                found = found.dated(when)
            if (chosen := _chosen(found, told or [(str(name), None)], bands)) is not None:
                yield chosen


def _has_data(asset: Mapping[str, Any]) -> bool:
    media_type, href = str(asset.get("type", "")), str(asset.get("href", "")).partition("?")[0]
    return media_type.startswith(_MEDIA_TYPES) or href.lower().endswith(_ENDINGS)


def _bands_of(asset: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Return the names and common names of the bands of an asset."""
    for member in ("eo:bands", "bands", "raster:bands"):
        found = [each for each in asset.get(member) or () if each.get("name")]
        if found:
            return [
                (str(each["name"]), each.get("eo:common_name") or each.get("common_name")) for each in found
            ]
    return []


def _chosen(
    data: GivenData, told: Sequence[tuple[str, str | None]], wanted: Sequence[str]
) -> GivenData | None:
    """Return data with the bands that are wanted, called as an asset tells if their own names are none.

    Without any of these bands it is None.
    """
    known = [band.name for band in data.cube.bands]
    if data.cube.of_kind("bands") is None:
        return data
    if len(told) == len(known) and known == [f"band{place}" for place in range(1, len(known) + 1)]:
        data = data.named([name for name, _ in told])
    common = dict(told)
    bands = tuple(
        replace(band, common_name=band.common_name or common.get(band.name)) for band in data.cube.bands
    )
    dimensions = tuple(with_aliases(each, bands) for each in data.cube.dimensions)
    data = replace(data, cube=replace(data.cube, bands=bands, dimensions=dimensions))
    dimension = data.cube.of_kind("bands")
    if dimension is None or not wanted:
        return data
    names = dimension.only([each for each in wanted if dimension.has(each)]).labels
    return data.only([str(each) for each in names]) if names else None
