"""The profile ``openeo-platform``: openEO Platform."""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.cdse import RULES, driver_dialect
from mock_backend.profiles.profile import Acceptance, Profile

PROFILE = Profile(
    name="openeo-platform",
    title="openEO Platform",
    source=(
        "https://openeo.cloud; https://github.com/Open-EO/openeo-aggregator; notebooks at "
        "https://github.com/openEOPlatform and https://github.com/EO-College/cubes-and-clouds"
    ),
    catalogue=CatalogueData("openeo-platform", ("openeo_platform",)),
    # Graphs are judged by the front-end code that CDSE has, too.
    acceptance=Acceptance("openeo-platform", RULES),
    # The ids of jobs begin with the back-end that they were given to.
    dialect=driver_dialect("openeo-platform", job_ids="vito-j-{now:%y%m%d%H%M%S}{hex:.20}"),
    paths={"/openeo/1.2": "1.2", "/openeo/1.1": "1.1", "/openeo/1.0": "1.1", "/openeo": "1.2"},
    providers=("egi",),
    federation="openeo_platform",
)
