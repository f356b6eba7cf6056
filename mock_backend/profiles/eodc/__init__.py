"""The profile ``eodc``: EODC."""

from mock_backend.profiles.acceptance import Acceptance
from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.profile import Profile

PROFILE = Profile(
    name="eodc",
    title="EODC",
    source="https://openeo.eodc.eu; https://github.com/eodcgmbh/openeo-argoworkflows",
    catalogue=CatalogueData("eodc", ("eodc",)),
    acceptance=Acceptance("eodc"),
    dialect=Dialect("eodc"),
    providers=("egi",),
)
