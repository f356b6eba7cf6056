"""Common facts of back-ends that are built on openeo-python-driver.

Source: ``openeo_driver/views.py`` and ``openeo_driver/urlsigning.py`` at
https://github.com/Open-EO/openeo-python-driver (0.139).
"""

from collections.abc import Mapping
from typing import Any

from mock_backend.profiles.dialect import BY_USER, NOT_FINISHED, Answers, Dialect, ShownResults

#: The form of ids: an instant to the second, and the end of a UUID.
_IDS = "{now:%y%m%d%H%M%S}{hex:.20}"

_UNFINISHED: Answers = (NOT_FINISHED, ShownResults.STATUS_ONLY)

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
