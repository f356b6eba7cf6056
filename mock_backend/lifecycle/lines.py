"""Lines of the log of a job."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True)
class Line:
    """A line of a log.

    Args:
        level: Its level.
        message: Its text.
        data: A JSON value that goes with it.
        code: The code of an error, or what marks the line.
    """

    level: Level
    message: str
    data: Any = None
    code: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        return asdict(self)
