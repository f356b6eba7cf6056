"""Endpoints about data: collections and file formats."""

from functools import lru_cache
from typing import Any

from mock_backend.catalog.collection import Collection
from mock_backend.catalog.data import COLLECTIONS
from mock_backend.catalog.formats import file_formats
from mock_backend.errors import CollectionNotFound
from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister
from mock_backend.urls import current_base

_ENDPOINTS = (
    Endpoint(path="/collections", methods=("GET",), handler="list_collections"),
    Endpoint(path="/collections/{collection_id}", methods=("GET",), handler="get_collection"),
    Endpoint(path="/file_formats", methods=("GET",), handler="list_file_formats"),
)


class CollectionsRegister(EndpointRegister):
    """Serve ``/collections``, ``/collections/{collection_id}`` and ``/file_formats``."""

    provides = "catalogue"

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def collections(self) -> dict[str, Collection]:
        """Return the collections of this back-end by id; override it to add your own."""
        return dict(_default_collections())

    def find(self, collection_id: str) -> dict[str, Any] | None:
        """Return a collection's full STAC metadata without request-dependent links; do not change it."""
        collection = self.collections().get(collection_id)
        return None if collection is None else collection.metadata()

    def ids(self) -> list[str]:
        """Return the ids of all collections, in the order of the listing."""
        return list(self.collections())

    def output_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that can be written, by name; do not change them."""
        return file_formats()["output"]

    def input_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that can be read, by name; do not change them."""
        return file_formats()["input"]

    def list_collections(self) -> dict[str, Any]:
        """List all collections."""
        base = current_base(self.settings.url)
        return {
            "collections": [_linked(each.summary(), base) for each in self.collections().values()],
            "links": [
                {"rel": "self", "href": f"{base}/collections", "type": "application/json"},
                {"rel": "root", "href": f"{base}/", "type": "application/json"},
            ],
        }

    def get_collection(self, collection_id: str) -> dict[str, Any]:
        """Describe a collection in full."""
        collection = self.collections().get(collection_id)
        if collection is None:
            raise CollectionNotFound(identifier=collection_id)
        return _linked(collection.metadata(), current_base(self.settings.url))

    def list_file_formats(self) -> dict[str, Any]:
        """List the file formats for import and export."""
        return file_formats()


@lru_cache(maxsize=1)
def _default_collections() -> dict[str, Collection]:
    return {collection.id: collection for collection in COLLECTIONS}


def _linked(document: dict[str, Any], base: str) -> dict[str, Any]:
    links = [
        {"rel": "self", "href": f"{base}/collections/{document['id']}", "type": "application/json"},
        {"rel": "root", "href": f"{base}/", "type": "application/json"},
        {"rel": "parent", "href": f"{base}/", "type": "application/json"},
    ]
    return document | {"links": links + document["links"]}
