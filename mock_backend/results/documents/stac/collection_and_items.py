"""Results of a job as a STAC Collection, and as STAC Items."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.dataclass import dataclass
from mock_backend.results.documents.assets import Product, ResultItem
from mock_backend.results.documents.extent import (
    WORLD,
    box_around,
    interval_around,
    item_bbox,
    item_place,
    item_times,
)
from mock_backend.results.documents.stac.asset_objects import MOST_ASSETS, AssetObjects, objects_of
from mock_backend.results.documents.stac.common_members import GEOJSON, STAC_VERSION, extension_schemas
from mock_backend.settings import VERSION

Links = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class About:
    """Facts about a job in result documents."""

    id: str
    status: str  #: The ``openeo:status``: running, canceled, finished or error
    created: datetime  #: When the results came into being
    updated: datetime
    #: Expiry of the signed URLs in the documents; None if there are none
    expires: datetime | None = None
    title: str | None = None
    description: str | None = None
    process: Mapping[str, Any] | None = None  #: The process that was run: an object with a ``process_graph``
    provider: str | None = None  #: The name of the back-end, which ran it
    provider_url: str | None = None  #: The URL of further information about the back-end
    #: Other times of the job, by the names that the API gives them
    more_times: Mapping[str, datetime] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        """Return title and description, as far as there are any."""
        return {
            name: text for name, text in (("title", self.title), ("description", self.description)) if text
        }

    def times(self) -> dict[str, str]:
        """Return when the results were made, last changed, and until when they can be downloaded."""
        times = {"created": self.created, "updated": self.updated, **self.more_times}
        if self.expires is not None:
            times["expires"] = self.expires
        return {name: write_instant(time) for name, time in times.items()}

    def processing(self) -> dict[str, Any]:
        """Return the fields of STAC's processing extension."""
        facts: dict[str, Any] = {"processing:facility": self.provider} if self.provider else {}
        facts["processing:software"] = {"openeo-mock-backend": VERSION}
        if self.process is not None:
            facts["processing:expression"] = {"format": "openeo", "expression": self.process}
        return facts

    def providers(self) -> list[dict[str, Any]]:
        """Return the providers of the results as STAC has them; none if they are unknown."""
        if not self.provider:
            return []
        place = {"url": self.provider_url} if self.provider_url else {}
        return [{"name": self.provider, **place, "roles": ["processor", "host"], **self.processing()}]


def results_collection(
    product: Product,
    about: About,
    *,
    href: Callable[[str], str],
    item_href: Callable[[str], str],
    links: Links = (),
) -> dict[str, Any]:
    """Return the results of a job as a Collection, with all files of its Items as its own assets, too.

    Args:
        href: Returns the URL of a file by its name.
        item_href: Returns the URL of an item's document by its id.
        links: More links than those to the Items.
    """
    items, created = product.items, write_instant(about.created)
    files = objects_of(product)
    assets = [asset for item in items for asset in item.assets]
    summaries = {"bands": files.bands, "proj:code": files.codes}
    # A Collection has to be somewhere; what has no place may be anywhere.
    bbox = box_around(map(item_bbox, items)) or WORLD
    document: dict[str, Any] = {
        "stac_version": STAC_VERSION,
        "type": "Collection",
        "id": about.id,
        "description": f"Results of the batch job {about.id}.",
        **about.texts(),
        "license": "other",
        "providers": about.providers(),
        "extent": {
            "spatial": {"bbox": [list(bbox)]},
            "temporal": {"interval": [list(interval_around(items, created))]},
        },
        "summaries": {name: each for name, each in summaries.items() if each},
        "cube:dimensions": product.dimensions,
        **about.times(),
        "openeo:status": about.status,
        # Each file has a name of its own: of many files it would be as long as their list.
        "item_assets": files.definitions(assets) if len(assets) <= MOST_ASSETS else {},
    }
    document = {name: value for name, value in document.items() if value}
    names = {*document, *files.fields, *(name for each in about.providers() for name in each)}
    return document | {
        "stac_extensions": extension_schemas(names),
        "links": [
            *links,
            *(
                {"rel": "item", "href": item_href(each.id), "type": GEOJSON, "title": each.id}
                for each in items
            ),
        ],
        "assets": files.objects(href),
    }


def results_item(
    product: Product, about: About, *, href: Callable[[str], str], links: Links = ()
) -> dict[str, Any]:
    """Return all results of a job as one Item."""
    items = product.items
    if len(items) == 1:
        whole = items[0]
    else:
        interval = interval_around(items, write_instant(about.created))
        whole = ResultItem(about.id, (), bbox=box_around(map(item_bbox, items)), interval=interval)
    properties: dict[str, Any] = {**about.texts(), **whole.properties}
    if product.dimensions:
        properties["cube:dimensions"] = product.dimensions
    return _item(about.id, whole, objects_of(product), about, properties, href, links)


def item_document(
    item: ResultItem, about: About, *, href: Callable[[str], str], links: Links = ()
) -> dict[str, Any]:
    """Return an item among the results of a job, one of those that the Collection links to."""
    document = _item(item.id, item, AssetObjects(item.assets), about, item.properties, href, links)
    # STAC has an Item name its Collection only if it leads there.
    leads_there = any(link["rel"] == "collection" for link in document["links"])
    return document | {"collection": about.id} if leads_there else document


def _item(
    item_id: str,
    item: ResultItem,
    files: AssetObjects,
    about: About,
    properties: Mapping[str, Any],
    href: Callable[[str], str],
    links: Links,
) -> dict[str, Any]:
    properties = {
        **item_times(item, write_instant(about.created)),
        **about.times(),
        "openeo:status": about.status,
        **about.processing(),
        # Some clients look for them at the item only.
        **files.projection,
        **properties,
    }
    return {
        "stac_version": STAC_VERSION,
        "stac_extensions": extension_schemas(files.fields | properties.keys()),
        "type": "Feature",
        "id": item_id,
        **item_place(item),
        "properties": properties,
        "links": list(links),
        "assets": files.objects(href),
    }
