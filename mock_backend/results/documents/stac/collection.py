"""Results as a STAC Collection."""

from collections.abc import Callable
from typing import Any

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.results.documents.assets import Product
from mock_backend.results.documents.job_facts import About
from mock_backend.results.documents.stac.asset_objects import MOST_ASSETS, objects_of
from mock_backend.results.documents.stac.document import GEOJSON, STAC_VERSION, extension_schemas
from mock_backend.results.documents.stac.item import Links
from mock_backend.results.documents.stac.item_extents import WORLD, box_around, interval_around, item_bbox


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
        "license": about.license,
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
