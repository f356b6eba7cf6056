"""The version of STAC that the catalogue is written in, and its extensions.

STAC 1.0.0 and not 1.1.0: openEO clients read the bands of a collection from ``eo:bands`` in its
summaries, where the openEO API 1.2 puts them, and STAC 1.1 has no such field. STAC clients read
both versions. The versions of the extensions are those that go with STAC 1.0.
"""

from typing import Any

#: Media types of items and of JSON Schemas, and the relation to those of queryables.
ITEMS, SCHEMA = "application/geo+json", "application/schema+json"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

#: The property that follows from the clouds of the landscape.
CLOUDS = "eo:cloud_cover"

_SITE = "https://stac-extensions.github.io"

DATACUBE = f"{_SITE}/datacube/v2.2.0/schema.json"
VERSION = f"{_SITE}/version/v1.2.0/schema.json"

#: Schemas of extensions by the prefix of their fields.
EXTENSIONS = {
    "cube": DATACUBE,
    "eo": f"{_SITE}/eo/v1.1.0/schema.json",
    "raster": f"{_SITE}/raster/v1.1.0/schema.json",
    "classification": f"{_SITE}/classification/v1.1.0/schema.json",
    "proj": f"{_SITE}/projection/v1.1.0/schema.json",
    "sar": f"{_SITE}/sar/v1.0.0/schema.json",
    "sat": f"{_SITE}/sat/v1.0.0/schema.json",
}


def link(relation: str, href: str, title: str, media_type: str = "application/json") -> dict[str, Any]:
    """Return a link."""
    return {"rel": relation, "href": href, "type": media_type, "title": title}


def stac_extensions(fields: object) -> list[str]:
    """Return the schemas of those of our extensions that a document, or a part of one, has fields of."""
    prefixes = _prefixes(fields)
    return [url for prefix, url in EXTENSIONS.items() if prefix in prefixes]


def without_missing(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without the names of extensions that it has no fields of (any more)."""
    missing = EXTENSIONS.keys() - _prefixes(document)
    gone = tuple(f"/{EXTENSIONS[prefix].removeprefix(_SITE).split('/')[1]}/" for prefix in missing)
    named = document.get("stac_extensions", [])
    return document | {"stac_extensions": [url for url in named if not any(part in url for part in gone)]}


def _prefixes(value: object) -> set[str]:
    found, inside = set[str](), [value]
    for each in inside:  # which grows meanwhile
        if isinstance(each, dict):
            found.update([name.partition(":")[0] for name in each if ":" in name])
        if isinstance(each, dict | list):
            members = each.values() if isinstance(each, dict) else each
            inside += [one for one in members if type(one) in (dict, list)]
    return found
