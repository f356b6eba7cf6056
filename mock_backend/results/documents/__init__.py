"""Results of a job: STAC documents, assets, signed URLs."""

from mock_backend.results.documents.extent import Extent, extent_of
from mock_backend.results.documents.job_facts import About
from mock_backend.results.documents.negotiation import ItemResponse, ResultsResponse
from mock_backend.results.documents.signed_urls import Signer, check_signature, sign
from mock_backend.results.documents.stac.collection import results_collection
from mock_backend.results.documents.stac.document import item_links, results_links, rfc3339
from mock_backend.results.documents.stac.item import item_document, results_item

__all__ = [
    "About",
    "Extent",
    "ItemResponse",
    "ResultsResponse",
    "Signer",
    "check_signature",
    "extent_of",
    "item_document",
    "item_links",
    "results_collection",
    "results_item",
    "results_links",
    "rfc3339",
    "sign",
]
