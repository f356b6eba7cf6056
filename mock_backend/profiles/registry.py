"""The back-ends that people use: profiles by name, and by the hosts that people know."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from mock_backend.errors.suggestions import did_you_mean
from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import (
    BY_USER,
    NAMESPACES,
    NOT_FINISHED,
    NOT_STARTED,
    UNSUPPORTED,
    Answers,
    Dialect,
    Refusal,
    ShownResults,
)
from mock_backend.profiles.profile import Acceptance, Profile

#: Rules of a strict reading that its front-end, openeo-python-driver, does not refuse by.
DRIVER_RULES = frozenset(
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

_DRIVER_UNFINISHED: Answers = (NOT_FINISHED, ShownResults.STATUS_ONLY)

#: Common facts of back-ends that are built on openeo-python-driver. Source: ``openeo_driver/views.py`` and
#: ``openeo_driver/urlsigning.py`` at https://github.com/Open-EO/openeo-python-driver (0.139).
_DRIVER: Mapping[str, Any] = {
    "features_by_band": True,
    "starts": dict.fromkeys(("queued", "running", "finished", "error")),
    "cancels": {"queued": "canceled", "running": "canceled"},
    "results": {
        "created": _DRIVER_UNFINISHED,
        "queued": _DRIVER_UNFINISHED,
        "running": _DRIVER_UNFINISHED,
        "canceled": _DRIVER_UNFINISHED,
        "finished": (ShownResults.FILES, ShownResults.FILES),
        "error": _DRIVER_UNFINISHED,
    },
    "inline_log_failures": True,
    "unsupported": frozenset({("PATCH", "/jobs/{job_id}"), ("GET", "/jobs/{job_id}/estimate")}),
    "job_ids": f"j-{_IDS}",
    "request_ids": f"r-{_IDS}",
    "signed_urls": BY_USER,
    "costs_headers": frozenset[str](),
    "html_gateway_errors": True,
}


def _driver_dialect(name: str, **differences: Any) -> Dialect:
    """Return the dialect of a back-end that is built on openeo-python-driver, with some differences."""
    return Dialect(name, **{**_DRIVER, **differences})


#: Sources: openeo-geopyspark-driver 0.73 (``openeogeotrellis/backend.py``, ``GpsBatchJobs``, and
#: ``job_tracker_v2.py`` for the units of metrics); for two jobs that run,
#: https://documentation.dataspace.copernicus.eu/APIs/openEO/openEO.html; for ten that wait,
#: https://github.com/Open-EO/openeo-python-client/pull/839.
_CDSE_DIALECT = _driver_dialect(
    "cdse",
    starts={
        **dict.fromkeys(("queued", "running", "finished", "error")),
        "canceled": Refusal("JobTransitionNotImplemented", 501, "A job that is {status} cannot be started."),
    },
    no_logs=dict.fromkeys(("created", "queued")),
    most_jobs={"running": 2, "queued": 10},
    usage=("cpu", "memory", "duration", "input_pixel", "max_executor_memory", "network_received"),
)

_GEE_UNFINISHED = (
    NOT_FINISHED,
    Refusal("QueryParameterUnsupported", 400, "The query parameter 'partial' is not supported."),
)

#: Sources: ``src/api/jobs.js`` and ``src/models/jobstore.js`` of openeo-earthengine-driver (July 2026).
_GEE_DIALECT = Dialect(
    "gee",
    starts={"queued": NOT_FINISHED, "running": NOT_FINISHED},
    cancels={"queued": "created", "running": "canceled"},
    results={
        "created": (NOT_STARTED, NOT_STARTED),
        "queued": _GEE_UNFINISHED,
        "running": _GEE_UNFINISHED,
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

_STATUSES = ("created", "queued", "running", "canceled", "finished", "error")
_ACTIVE = Refusal("Internal", 400, "The job is {status} and cannot be started again.")
_NO_RESULTS = Refusal("Internal", 500, "Server error: there are no results.")
_WITHOUT: Answers = (_NO_RESULTS, _NO_RESULTS)

#: Sources: ``jobs.py`` of openeo-argoworkflows 2026.7; ``client/jobs.py`` and ``client/auth.py`` of
#: openeo-fastapi 2026.6. The route that cancels jobs leads to a method that the former does not override.
_EODC_DIALECT = Dialect(
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

_PROFILES = (
    Profile(
        name="default",
        title="openEO mock back-end",
        source="this project",
        catalogue=CatalogueData("default", ("default", "cdse"), listed_processes=False),
        acceptance=Acceptance("default", DRIVER_RULES),
        dialect=Dialect("default"),
        extensions=("remote-process-definition",),
    ),
    Profile(
        name="spec",
        title="openEO API specification",
        source="https://api.openeo.org, https://processes.openeo.org",
        catalogue=CatalogueData("spec", ("spec",)),
        acceptance=Acceptance("spec"),
        dialect=Dialect("spec"),
    ),
    Profile(
        name="cdse",
        title="Copernicus Data Space Ecosystem",
        source=(
            "https://openeo.dataspace.copernicus.eu; openeo-python-driver and openeo-geopyspark-driver at "
            "https://github.com/Open-EO; its documentation and notebooks at https://github.com/eu-cdse and "
            "https://github.com/Open-EO/openeo-community-examples"
        ),
        catalogue=CatalogueData("cdse", ("cdse",)),
        acceptance=Acceptance("cdse", DRIVER_RULES),
        dialect=_CDSE_DIALECT,
        # What is at older paths is answered, too: clients of that time still run.
        paths={"/openeo/1.2": "1.2", "/openeo/1.1": "1.1", "/openeo/1.0": "1.1", "/openeo": "1.2"},
        providers=("CDSE", "egi", "terrascope"),
        extensions=("processing-parameters", "remote-process-definition"),
        federation="cdse",
    ),
    Profile(
        name="openeo-platform",
        title="openEO Platform",
        source=(
            "https://openeo.cloud; https://github.com/Open-EO/openeo-aggregator; notebooks at "
            "https://github.com/openEOPlatform and https://github.com/EO-College/cubes-and-clouds"
        ),
        catalogue=CatalogueData("openeo-platform", ("openeo_platform",)),
        # Graphs are judged by the front-end code that CDSE has, too.
        acceptance=Acceptance("openeo-platform", DRIVER_RULES),
        # The ids of jobs begin with the back-end that they were given to.
        dialect=_driver_dialect("openeo-platform", job_ids="vito-j-{now:%y%m%d%H%M%S}{hex:.20}"),
        paths={"/openeo/1.2": "1.2", "/openeo/1.1": "1.1", "/openeo/1.0": "1.1", "/openeo": "1.2"},
        providers=("egi",),
        federation="openeo_platform",
    ),
    Profile(
        name="gee",
        title="Google Earth Engine",
        source=(
            "https://earthengine.openeo.org; https://github.com/Open-EO/openeo-earthengine-driver; "
            "the data catalogue at https://developers.google.com/earth-engine/datasets"
        ),
        catalogue=CatalogueData("gee", ("gee",)),
        acceptance=Acceptance("gee"),
        dialect=_GEE_DIALECT,
        paths={"/v1.0": "1.1"},
        providers=("google",),
    ),
    Profile(
        name="eodc",
        title="EODC",
        source=(
            "https://openeo.eodc.eu; https://stac.eodc.eu; https://github.com/eodcgmbh/openeo-argoworkflows; "
            "notebooks at https://github.com/openEOPlatform and https://github.com/EO-College/cubes-and-clouds"
        ),
        catalogue=CatalogueData("eodc", ("eodc",)),
        acceptance=Acceptance("eodc"),
        dialect=_EODC_DIALECT,
        paths={
            "/openeo/1.2.0": "1.2",
            "/openeo/1.1.0": "1.1",
            "/openeo/1.0.0": "1.1",
            "/openeo": "1.2",
            "/v1.0": "1.1",
        },
        providers=("egi",),
    ),
)
#: The profiles, by name.
PROFILES: Mapping[str, Profile] = {each.name: each for each in _PROFILES}

#: The hosts of back-ends that people know, by profile. Those of one profile are one back-end's.
_HOSTS: Mapping[str, tuple[str, ...]] = {
    "cdse": (
        "openeo.dataspace.copernicus.eu",
        "openeofed.dataspace.copernicus.eu",
        "openeo-staging.dataspace.copernicus.eu",
        "openeofed-staging.dataspace.copernicus.eu",
        "openeo.vito.be",
        "openeo-dev.vito.be",
        "openeo.creo.vito.be",
        "openeo.vgt.vito.be",
        "openeo.terrascope.be",
    ),
    "openeo-platform": ("openeo.cloud", "openeocloud.vito.be"),
    "gee": ("earthengine.openeo.org",),
    "eodc": ("openeo.eodc.eu", "openeo-dev.eodc.eu"),
}

_AXES = ("catalogue", "acceptance", "dialect")


def profile_from(given: str | Profile | Mapping[str, str]) -> Profile:
    """Return a profile; raise ``TypeError`` if nothing is named, ``ValueError`` if the name is unknown.

    Args:
        given: Its name; or names by axis, e.g. ``{"acceptance": "cdse", "dialect": "spec"}``, where the other
            axes, and what belongs to none, are those of ``"profile"``, by default of ``default``; or itself.
    """
    if isinstance(given, Profile):
        return given
    if isinstance(given, str):
        return _named(given)
    if not isinstance(given, Mapping):
        raise TypeError(
            f"profile must be a name, or names by axis, e.g. {{'dialect': 'spec'}}, got {given!r}."
        )
    names = dict(given)
    base = _named(names.pop("profile", "default"))
    for axis in names:
        if axis not in _AXES:
            raise ValueError(f"Unknown axis {axis!r} of a profile.{did_you_mean(axis, (*_AXES, 'profile'))}")
    axes: dict[str, Any] = {axis: getattr(_named(name), axis) for axis, name in names.items()}
    return replace(base, **axes)


def profile_at(url: str) -> Profile | None:
    """Return the profile of the back-end that people know by a URL; None if there is none."""
    name = _profile_name(url)
    return None if name is None else _named(name)


@lru_cache(maxsize=64)
def aliases_of(url: str) -> tuple[str, ...]:
    """Return the other hosts, as URLs, of the back-end that people know by a URL; none if it is not known."""
    name, parts = _profile_name(url), urlsplit(url)
    if name is None or parts.port is not None:
        return ()
    hosts = (f"{scheme}://{host}" for host in _HOSTS[name] for scheme in ("https", "http"))
    return tuple(each for each in hosts if each != f"{parts.scheme}://{parts.hostname}")


@lru_cache(maxsize=1)
def known_hosts() -> Mapping[str, str]:
    """Return the names of profiles by the hosts of the back-ends that people know."""
    return {host: name for name, hosts in _HOSTS.items() for host in hosts}


def _profile_name(url: str) -> str | None:
    return known_hosts().get(urlsplit(url).hostname or "")


def _named(name: str) -> Profile:
    if name not in PROFILES:
        raise ValueError(f"Unknown profile {name!r}.{did_you_mean(name, PROFILES)}")
    return PROFILES[name]
