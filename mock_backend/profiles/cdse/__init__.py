"""The profile ``cdse``: the Copernicus Data Space Ecosystem."""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Refusal
from mock_backend.profiles.profile import Acceptance, Profile
from mock_backend.profiles.python_driver import driver_dialect

#: Rules of a strict reading that its front-end, openeo-python-driver, does not refuse by.
RULES = frozenset(
    {
        "argument-form",
        "array-maths",
        "bounding-box",
        "changed-dimensions",
        "cube-maths",
        "future",
        "geometry-collection",
        "label-count",
        "large-values",
        "missing-extent",
        "no-data",
        "null-argument",
        "overlap-resolver",
        "parameter-schema",
        "predefined-id",
        "same-day",
        "udf-data",
        "udp-argument",
        "unknown-argument",
        "unknown-content",
        "unknown-namespace",
        "unsuitable-format",
    }
)

#: Sources: openeo-geopyspark-driver 0.73 (``openeogeotrellis/backend.py``, ``GpsBatchJobs``, and
#: ``job_tracker_v2.py`` for the units of metrics); for two jobs that run,
#: https://documentation.dataspace.copernicus.eu/APIs/openEO/openEO.html; for ten that wait,
#: https://github.com/Open-EO/openeo-python-client/pull/839.
_DIALECT = driver_dialect(
    "cdse",
    starts={
        **dict.fromkeys(("queued", "running", "finished", "error")),
        "canceled": Refusal("JobTransitionNotImplemented", 501, "A job that is {status} cannot be started."),
    },
    no_logs=dict.fromkeys(("created", "queued")),
    most_jobs={"running": 2, "queued": 10},
    usage=("cpu", "memory", "duration", "input_pixel", "max_executor_memory", "network_received"),
)

PROFILE = Profile(
    name="cdse",
    title="Copernicus Data Space Ecosystem",
    source=(
        "https://openeo.dataspace.copernicus.eu; openeo-python-driver and openeo-geopyspark-driver at "
        "https://github.com/Open-EO; its documentation and notebooks at https://github.com/eu-cdse and "
        "https://github.com/Open-EO/openeo-community-examples"
    ),
    catalogue=CatalogueData("cdse", ("cdse",)),
    acceptance=Acceptance("cdse", RULES),
    dialect=_DIALECT,
    # What is at older paths is answered, too: clients of that time still run.
    paths={"/openeo/1.2": "1.2", "/openeo/1.1": "1.1", "/openeo/1.0": "1.1", "/openeo": "1.2"},
    providers=("CDSE", "egi", "terrascope"),
    extensions=("processing-parameters", "remote-process-definition"),
    federation="cdse",
)
