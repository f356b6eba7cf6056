"""The profile ``gee``: Google Earth Engine."""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import (
    NAMESPACES,
    NOT_FINISHED,
    NOT_STARTED,
    Dialect,
    Refusal,
    ShownResults,
)
from mock_backend.profiles.profile import Acceptance, Profile

_UNFINISHED = (
    NOT_FINISHED,
    Refusal("QueryParameterUnsupported", 400, "The query parameter 'partial' is not supported."),
)

#: Sources: ``src/api/jobs.js`` and ``src/models/jobstore.js`` of openeo-earthengine-driver (July 2026).
_DIALECT = Dialect(
    "gee",
    starts={"queued": NOT_FINISHED, "running": NOT_FINISHED},
    cancels={"queued": "created", "running": "canceled"},
    results={
        "created": (NOT_STARTED, NOT_STARTED),
        "queued": _UNFINISHED,
        "running": _UNFINISHED,
        "canceled": (NOT_STARTED, NOT_STARTED),
        "finished": (ShownResults.FILES, ShownResults.FILES),
        "error": (ShownResults.FAILURE, ShownResults.FAILURE),
    },
    unsupported=NAMESPACES | {("GET", "/jobs/{job_id}/estimate")},
    job_ids="{letters:.16}",
    request_ids=None,
    results_are_item=True,
    usage=(),
    price=0.0,
    costs_headers=frozenset({"POST /result"}),
)

PROFILE = Profile(
    name="gee",
    title="Google Earth Engine",
    source=(
        "https://earthengine.openeo.org; https://github.com/Open-EO/openeo-earthengine-driver; "
        "the data catalogue at https://developers.google.com/earth-engine/datasets"
    ),
    catalogue=CatalogueData("gee", ("gee",)),
    acceptance=Acceptance("gee"),
    dialect=_DIALECT,
    paths={"/v1.0": "1.1"},
    providers=("google",),
)
