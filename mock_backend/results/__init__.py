"""What a job produces: the STAC document, assets, signed URLs."""

from mock_backend.results.document import ASSET_NAME, placeholder, result_item, rfc3339
from mock_backend.results.extent import Extent, extent_of
from mock_backend.results.negotiation import ResultResponse
from mock_backend.results.signing import check, sign

__all__ = [
    "ASSET_NAME",
    "Extent",
    "ResultResponse",
    "check",
    "extent_of",
    "placeholder",
    "result_item",
    "rfc3339",
    "sign",
]
