"""Instants as a test writes them."""

from datetime import UTC, datetime


def to_instant(value: datetime | str) -> datetime:
    """Read an aware instant; raises ValueError if it has no time zone or cannot be read."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(
            f"Cannot read {value!r} as an instant: write it like '2025-06-01T12:00:00Z'."
        ) from None
    if not isinstance(instant, datetime):
        raise TypeError(f"An instant must be a datetime or an ISO 8601 str, got {value!r}.")
    if instant.tzinfo is None:
        raise ValueError(f"An instant needs a time zone, e.g. '2025-06-01T12:00:00Z'; {value!r} has none.")
    return instant.astimezone(UTC)
