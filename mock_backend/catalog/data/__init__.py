"""The collections that every back-end starts with, one module for each family of missions."""

from mock_backend.catalog.data.derived import DERIVED
from mock_backend.catalog.data.landsat import LANDSAT
from mock_backend.catalog.data.sentinel import SENTINEL

#: In the order of the listing.
COLLECTIONS = (*SENTINEL, *LANDSAT, *DERIVED)

__all__ = ["COLLECTIONS"]
