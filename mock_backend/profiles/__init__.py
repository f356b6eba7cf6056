"""Profiles: back-ends that people use, as data and small strategies; one folder each.

A profile sets three axes that do not depend on each other: the *catalogue* (collections, processes, file
formats), the *acceptance* (what process graphs may say) and the *dialect* (how the API behaves).
"""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.federated import Federated, federated_at
from mock_backend.profiles.profile import Acceptance, Profile
from mock_backend.profiles.registry import PROFILES, aliases_of, known_hosts, profile_at, profile_from

__all__ = [
    "PROFILES",
    "Acceptance",
    "CatalogueData",
    "Dialect",
    "Federated",
    "Profile",
    "aliases_of",
    "federated_at",
    "known_hosts",
    "profile_at",
    "profile_from",
]
