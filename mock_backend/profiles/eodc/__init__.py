"""The profile ``eodc``: EODC."""

from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import NAMESPACES, UNSUPPORTED, Answers, Dialect, Refusal, ShownResults
from mock_backend.profiles.profile import Acceptance, Profile

_STATUSES = ("created", "queued", "running", "canceled", "finished", "error")
_ACTIVE = Refusal("Internal", 400, "The job is {status} and cannot be started again.")
_NO_RESULTS = Refusal("Internal", 500, "Server error: there are no results.")
_WITHOUT: Answers = (_NO_RESULTS, _NO_RESULTS)

#: Sources: ``jobs.py`` of openeo-argoworkflows 2026.7; ``client/jobs.py`` and ``client/auth.py`` of
#: openeo-fastapi 2026.6. The route that cancels jobs leads to a method that the former does not override.
_DIALECT = Dialect(
    "eodc",
    starts={"queued": _ACTIVE, "running": _ACTIVE},
    cancels=dict.fromkeys(_STATUSES, UNSUPPORTED),
    results=dict.fromkeys(_STATUSES, _WITHOUT) | {"finished": (ShownResults.FILES, ShownResults.FILES)},
    no_logs={"created": Refusal("NotFound", 404, "The job has never been started, so it has no log.")},
    unsupported=NAMESPACES | {("GET", "/jobs/{job_id}/estimate")},
    deletion_status=202,
    deletes=False,
    job_ids="{uuid}",
    request_ids=None,
    usage=(),
    price=None,
    costs_headers=frozenset(),
    invalid_token_status=401,
)

PROFILE = Profile(
    name="eodc",
    title="EODC",
    source=(
        "https://openeo.eodc.eu; https://stac.eodc.eu; https://github.com/eodcgmbh/openeo-argoworkflows; "
        "notebooks at https://github.com/openEOPlatform and https://github.com/EO-College/cubes-and-clouds"
    ),
    catalogue=CatalogueData("eodc", ("eodc",)),
    acceptance=Acceptance("eodc"),
    dialect=_DIALECT,
    paths={
        "/openeo/1.2.0": "1.2",
        "/openeo/1.1.0": "1.1",
        "/openeo/1.0.0": "1.1",
        "/openeo": "1.2",
        "/v1.0": "1.1",
    },
    providers=("egi",),
)
