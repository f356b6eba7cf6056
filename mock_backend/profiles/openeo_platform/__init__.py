"""The profile ``openeo-platform``: openEO Platform."""

from mock_backend.profiles.acceptance import Acceptance
from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.profile import Profile

PROFILE = Profile(
    name="openeo-platform",
    title="openEO Platform",
    source="https://openeo.cloud; https://github.com/Open-EO/openeo-aggregator",
    catalogue=CatalogueData("openeo-platform", ("openeo_platform",)),
    acceptance=Acceptance("openeo-platform"),
    dialect=Dialect("openeo-platform"),
    providers=("egi",),
)
