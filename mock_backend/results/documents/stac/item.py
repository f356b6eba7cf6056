"""Results as STAC Items."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.results.documents.assets import Product, ResultItem
from mock_backend.results.documents.job_facts import About
from mock_backend.results.documents.stac.asset_objects import AssetObjects, objects_of
from mock_backend.results.documents.stac.document import STAC_VERSION, extension_schemas
from mock_backend.results.documents.stac.item_extents import (
    box_around,
    interval_around,
    item_bbox,
    item_place,
    item_times,
)

Links = Iterable[Mapping[str, Any]]


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
