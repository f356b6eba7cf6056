"""What a job produces: STAC documents, assets, signed URLs."""

from mock_backend.results.about import About
from mock_backend.results.collection import results_collection
from mock_backend.results.document import rfc3339
from mock_backend.results.extent import Extent, extent_of
from mock_backend.results.given import File, Item, empty, missing, no_results, truncated, wrong_type
from mock_backend.results.item import item_document, results_item
from mock_backend.results.links import item_links, results_links
from mock_backend.results.negotiation import ItemResponse, ResultsResponse
from mock_backend.results.signing import Signer, check, sign

__all__ = [
    "About",
    "Extent",
    "File",
    "Item",
    "ItemResponse",
    "ResultsResponse",
    "Signer",
    "check",
    "empty",
    "extent_of",
    "item_document",
    "item_links",
    "missing",
    "no_results",
    "results_collection",
    "results_item",
    "results_links",
    "rfc3339",
    "sign",
    "truncated",
    "wrong_type",
]
