"""Discovery: capabilities, collections and their items, file formats."""

from mock_backend.catalog.band import Band, bands_of
from mock_backend.catalog.capabilities import CapabilitiesRegister
from mock_backend.catalog.collection import Collection, Described
from mock_backend.catalog.register import CollectionsRegister
from mock_backend.catalog.stac.searching import ItemsRegister

__all__ = [
    "Band",
    "CapabilitiesRegister",
    "Collection",
    "CollectionsRegister",
    "Described",
    "ItemsRegister",
    "bands_of",
]
