"""The profile ``default``: accepts what production accepts, and behaves as the specification says."""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.cdse import RULES
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.profile import Acceptance, Profile

PROFILE = Profile(
    name="default",
    title="openEO mock back-end",
    source="this project",
    catalogue=CatalogueData("default", ("default", "cdse"), listed_processes=False),
    acceptance=Acceptance("default", RULES),
    dialect=Dialect("default"),
    extensions=("remote-process-definition",),
)
