"""The profile ``cdse``: the Copernicus Data Space Ecosystem."""

from collections.abc import Mapping
from typing import Any

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import BY_USER, NOT_FINISHED, Answers, Dialect, Refusal, ShownResults
from mock_backend.profiles.profile import Acceptance, Profile

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

#: The form of ids: an instant to the second, and the end of a UUID.
_IDS = "{now:%y%m%d%H%M%S}{hex:.20}"

_UNFINISHED: Answers = (NOT_FINISHED, ShownResults.STATUS_ONLY)

#: Common facts of back-ends that are built on openeo-python-driver. Source: ``openeo_driver/views.py`` and
#: ``openeo_driver/urlsigning.py`` at https://github.com/Open-EO/openeo-python-driver (0.139).
_COMMON: Mapping[str, Any] = {
    "features_by_band": True,
    "starts": dict.fromkeys(("queued", "running", "finished", "error")),
    "cancels": {"queued": "canceled", "running": "canceled"},
    "results": {
        "created": _UNFINISHED,
        "queued": _UNFINISHED,
        "running": _UNFINISHED,
        "canceled": _UNFINISHED,
        "finished": (ShownResults.FILES, ShownResults.FILES),
        "error": _UNFINISHED,
    },
    "inline_log_failures": True,
    "unsupported": frozenset({("PATCH", "/jobs/{job_id}"), ("GET", "/jobs/{job_id}/estimate")}),
    "job_ids": f"j-{_IDS}",
    "request_ids": f"r-{_IDS}",
    "signed_urls": BY_USER,
    "costs_headers": frozenset[str](),
    "html_gateway_errors": True,
}


def driver_dialect(name: str, **differences: Any) -> Dialect:
    """Return the dialect of a back-end that is built on openeo-python-driver, with some differences."""
    return Dialect(name, **{**_COMMON, **differences})


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
