"""The profile ``spec``: as strict as the specification, on all axes."""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.profile import Acceptance, Profile

PROFILE = Profile(
    name="spec",
    title="openEO API specification",
    source="https://api.openeo.org, https://processes.openeo.org",
    catalogue=CatalogueData("spec", ("spec",)),
    acceptance=Acceptance("spec"),
    dialect=Dialect("spec"),
)
