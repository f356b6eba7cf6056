"""The extensions of the API: their endpoints, and the members that the federation adds to others."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]

_FILE = Path(__file__).with_suffix(".yaml")

#: https://github.com/Open-EO/openeo-api/tree/1.3.0/extensions/federation, "Lists of resources".
_LISTS = ("/collections", "/processes", "/file_formats", "/process_graphs", "/files", "/jobs", "/services")
_IDS = {"type": "array", "items": {"type": "string"}}
_BACKENDS = {
    "type": "object",
    "minProperties": 2,
    "additionalProperties": {
        "type": "object",
        "required": ["url"],
        "properties": {
            "url": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "status": {"type": "string", "enum": ["online", "offline"]},
            "last_status_check": {"type": "string", "format": "date-time"},
            "last_successful_check": {"type": "string", "format": "date-time"},
            "experimental": {"type": "boolean"},
            "deprecated": {"type": "boolean"},
        },
    },
}


def with_extensions(document: Document) -> Document:
    """Return a version's document with the extensions; the document is not changed."""
    extended, extensions = copy.deepcopy(document), copy.deepcopy(_extensions())
    extended["paths"] |= extensions["paths"]
    extended["components"]["schemas"] |= extensions["schemas"]
    _answer(extended, "/")["properties"]["federation"] = _BACKENDS
    for path in _LISTS:
        _answer(extended, path)["properties"]["federation:missing"] = _IDS
    for name in ("collection", "process"):
        properties = extended["components"]["schemas"][name]["properties"]
        properties["federation:backends"] = _IDS | {"minItems": 1}
    return extended


def _answer(document: Document, path: str) -> dict[str, Any]:
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema


@cache
def _extensions() -> Document:
    extensions: Document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return extensions
