"""What there is to discover: capabilities, collections, file formats."""

from mock_backend.catalog.capabilities import CapabilitiesRegister
from mock_backend.catalog.collection import Band, Collection
from mock_backend.catalog.register import CollectionsRegister

__all__ = ["Band", "CapabilitiesRegister", "Collection", "CollectionsRegister"]
