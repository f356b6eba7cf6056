"""The profile ``gee``: Google Earth Engine."""

from mock_backend.profiles.acceptance import Acceptance
from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.profile import Profile

PROFILE = Profile(
    name="gee",
    title="Google Earth Engine",
    source="https://earthengine.openeo.org; https://github.com/Open-EO/openeo-earthengine-driver",
    catalogue=CatalogueData("gee", ("gee",)),
    acceptance=Acceptance("gee"),
    dialect=Dialect("gee"),
    providers=("google",),
)
