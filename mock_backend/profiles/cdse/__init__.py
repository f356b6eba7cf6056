"""The profile ``cdse``: the Copernicus Data Space Ecosystem."""

from mock_backend.profiles.acceptance import Acceptance
from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.profile import Profile

#: Rules of a strict reading that its front-end, openeo-python-driver, does not refuse by.
RULES = frozenset(
    {
        "argument-form",
        "array-maths",
        "cube-maths",
        "future",
        "geometry-collection",
        "missing-extent",
        "no-data",
        "null-argument",
        "overlap-resolver",
        "predefined-id",
        "same-day",
        "udp-argument",
        "unknown-argument",
        "unknown-namespace",
    }
)

PROFILE = Profile(
    name="cdse",
    title="Copernicus Data Space Ecosystem",
    source=(
        "https://openeo.dataspace.copernicus.eu; openeo-python-driver and openeo-geopyspark-driver at "
        "https://github.com/Open-EO"
    ),
    catalogue=CatalogueData("cdse", ("cdse",), own_collections=False),
    acceptance=Acceptance("cdse", RULES),
    dialect=Dialect("cdse"),
    paths={"/openeo/1.2": "1.2", "/openeo/1.1": "1.1", "/openeo": "1.2"},
    providers=("CDSE", "egi", "terrascope"),
    extensions=("processing-parameters", "remote-process-definition"),
)
