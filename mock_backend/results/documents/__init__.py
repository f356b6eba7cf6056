"""Results of a job: STAC documents, assets, signed URLs."""

from mock_backend.results.documents.about import About
from mock_backend.results.documents.collection import results_collection
from mock_backend.results.documents.document import rfc3339
from mock_backend.results.documents.extent import Extent, extent_of
from mock_backend.results.documents.item import item_document, results_item
from mock_backend.results.documents.links import item_links, results_links
from mock_backend.results.documents.negotiation import ItemResponse, ResultsResponse
from mock_backend.results.documents.signing import Signer, check, sign

__all__ = [
    "About",
    "Extent",
    "ItemResponse",
    "ResultsResponse",
    "Signer",
    "check",
    "extent_of",
    "item_document",
    "item_links",
    "results_collection",
    "results_item",
    "results_links",
    "rfc3339",
    "sign",
]
