"""What a run used and costs: made up, but always the same for the same run."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

#: Credits for an hour of processing.
CREDITS_PER_HOUR = 4.0

_CORES = 2
_MEMORY_MB = 4096
_BYTES_PER_PIXEL = 2


def usage_of(
    ran: timedelta,
    *,
    input_pixels: int | None = None,
    metrics: Sequence[str] = ("cpu", "memory", "duration", "input_pixel"),
) -> dict[str, dict[str, Any]]:
    """Return openEO resource usage metrics for a time of processing.

    Args:
        ran: How long it was processed.
        input_pixels: How many values were read for it, if that is known.
        metrics: The names of the metrics to return, as far as they are known.
    """
    seconds, pixels = ran.total_seconds(), input_pixels or 0
    known: dict[str, tuple[float, str]] = {
        "cpu": (_CORES * seconds, "cpu-seconds"),
        "memory": (_MEMORY_MB * seconds, "mb-seconds"),
        "duration": (seconds, "seconds"),
        "max_executor_memory": (_MEMORY_MB / 1024, "gb"),
        "network_received": (_BYTES_PER_PIXEL * pixels, "b"),
    }
    usage = {
        name: {"value": round(value, 3), "unit": unit}
        for name, (value, unit) in known.items()
        if name in metrics
    }
    if input_pixels is not None and "input_pixel" in metrics:
        usage["input_pixel"] = {"value": round(pixels / 1e6, 6), "unit": "mega-pixel"}
    return usage


def costs_of(ran: timedelta, price: float = CREDITS_PER_HOUR) -> float:
    """Return the credits for a time of processing.

    Args:
        ran: How long it was processed.
        price: Credits for an hour.
    """
    return round(price * ran.total_seconds() / 3600, 2)
