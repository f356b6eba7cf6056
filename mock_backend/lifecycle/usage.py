"""What a run used and costs: made up, but always the same for the same run."""

from datetime import timedelta
from typing import Any

#: Credits for an hour of processing.
CREDITS_PER_HOUR = 4.0

_CORES = 2
_MEMORY_MB = 4096


def usage_of(ran: timedelta) -> dict[str, dict[str, Any]]:
    """Return openEO resource usage metrics for a time of processing."""
    seconds = ran.total_seconds()
    return {
        "cpu": {"value": round(_CORES * seconds, 3), "unit": "cpu-seconds"},
        "memory": {"value": round(_MEMORY_MB * seconds, 3), "unit": "mb-seconds"},
        "duration": {"value": round(seconds, 3), "unit": "seconds"},
    }


def costs_of(ran: timedelta) -> float:
    """Return the credits for a time of processing."""
    return round(CREDITS_PER_HOUR * ran.total_seconds() / 3600, 2)
