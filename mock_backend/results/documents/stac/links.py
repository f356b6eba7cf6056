"""Links of result documents."""

from typing import Any

JSON, GEOJSON = "application/json", "application/geo+json"


def results_links(own: str, canonical: str, *, media_type: str) -> list[dict[str, Any]]:
    """Return the links that a document of all results of a job has to itself.

    Args:
        own: Its URL for the job's owner.
        own: Its URL for the job's owner.
        media_type: Its media type: that of JSON for the Collection, of GeoJSON for the Item.
    """
    return [
        {"rel": "self", "href": own, "type": media_type},
        {"rel": "canonical", "href": canonical, "type": media_type},
    ]


def item_links(own: str, collection: str) -> list[dict[str, Any]]:
    """Return the links of an item's document.

    Args:
        collection: The signed URL of the Collection that it belongs to.
    """
    above = [{"rel": rel, "href": collection, "type": JSON} for rel in ("root", "parent", "collection")]
    return [
        {"rel": "self", "href": own, "type": GEOJSON},
        {"rel": "canonical", "href": own, "type": GEOJSON},
        *above,
    ]
