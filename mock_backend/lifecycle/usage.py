"""What a run used and costs: made up, but always the same for the same run."""

from datetime import timedelta
from typing import Any

#: Credits for an hour of processing.
CREDITS_PER_HOUR = 4.0

_CORES = 2
_MEMORY_MB = 4096


def usage_of(ran: timedelta, *, input_pixels: int | None = None) -> dict[str, dict[str, Any]]:
    """Return openEO resource usage metrics for a time of processing.

    Args:
        ran: How long it was processed.
        input_pixels: How many values were read for it, if that is known.
    """
    seconds = ran.total_seconds()
    read = {} if input_pixels is None else {"value": round(input_pixels / 1e6, 6), "unit": "mega-pixel"}
    return {
        "cpu": {"value": round(_CORES * seconds, 3), "unit": "cpu-seconds"},
        "memory": {"value": round(_MEMORY_MB * seconds, 3), "unit": "mb-seconds"},
        "duration": {"value": round(seconds, 3), "unit": "seconds"},
        **({"input_pixel": read} if read else {}),
    }


def costs_of(ran: timedelta) -> float:
    """Return the credits for a time of processing."""
    return round(CREDITS_PER_HOUR * ran.total_seconds() / 3600, 2)
