"""Lines of a log that user-defined functions write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mock_backend.lifecycle.logs import Level


@dataclass(frozen=True)
class UdfLine:
    """A line of a log.

    Args:
        level: Its level.
        message: Its text.
        data: What ``inspect`` was given, as a JSON value.
        code: The code that ``inspect`` was given.
    """

    level: Level
    message: str
    data: Any = None
    code: str | None = None


#: Takes each line when it is written.
Log = Callable[[UdfLine], None]
