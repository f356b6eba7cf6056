"""The capacity of a back-end: how many jobs run at once, and what happens to the others."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration
from mock_backend.errors.suggestions import check_members
from mock_backend.lifecycle.plain import members_of, names_of


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Limits to the number of jobs that run at once.

    Args:
        running: The most jobs that run at once; None for any number.
        per_user: The most jobs of one user that run at once; None for any number.
        queue: The most jobs that wait for a place; more are refused with ``ConcurrentJobLimit``. None for any
            number, 0 for none.
        order: Order of places: ``fifo``, the job that was started first, or ``priority``, the one
            with the highest number as ``priority`` or as job option ``priority``.
        synchronous: Time for which a synchronous request takes a place. Its answer comes when this time in
            its place is over.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument makes no sense.
    """

    running: int | None = None
    per_user: int | None = None
    queue: int | None = None
    order: Literal["fifo", "priority"] = "fifo"
    synchronous: Duration = timedelta(0)

    def __post_init__(self) -> None:
        for name, least in (("running", 1), ("per_user", 1), ("queue", 0)):
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(f"Capacity: {name} must be a whole number or None, got {value!r}.")
            if value < least:
                raise ValueError(f"Capacity: {name} must be at least {least}, got {value!r}.")
        if self.order not in ("fifo", "priority"):
            raise ValueError(f"Capacity: order must be 'fifo' or 'priority', got {self.order!r}.")
        # The way in which a frozen dataclass sets its own fields.
        object.__setattr__(self, "synchronous", named_duration("Capacity: synchronous", self.synchronous))

    @property
    def holds(self) -> timedelta:
        """Time for which a synchronous request takes a place."""
        return self.synchronous  # type: ignore[return-value]  # made a timedelta in __post_init__

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; ``from_dict`` reads them back."""
        return members_of(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Capacity":
        """Read what ``to_dict`` returned.

        Raises:
            TypeError: If a member is of the wrong type.
            ValueError: If a member is unknown or makes no sense.
        """
        check_members("A capacity", values, names_of(cls))
        return cls(**values)
