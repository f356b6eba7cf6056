"""Lines of the log of a job, and checks of the arguments of plans."""

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any, Literal

from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, to_timedelta
from mock_backend.errors.suggestions import check_members, did_you_mean
from mock_backend.errors.texts import encodable


def check_text(name: str, value: object) -> None:
    """Check that a value is a text or None; raise ``TypeError`` if it is not."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {value!r}.")


def check_count(name: str, value: object) -> None:
    """Check that a value is a number of requests or None; raise as ``check_amount``."""
    _check_number(f"{name} must be a number of requests", value, int)


def check_fraction(name: str, value: object) -> None:
    """Check that a value is a fraction of the run; ``name`` is the subject and verb of the message."""
    told = f"{name} a number from 0 to 1, the fraction of the run, got {value!r}."
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(told)
    if not 0 <= value <= 1:
        raise ValueError(told)


def check_amount(name: str, value: object) -> None:
    """Check that a value is a finite number from 0, or None; raise ``TypeError`` or ``ValueError`` if not."""
    _check_number(f"{name} must be a number", value, (int, float))


def _check_number(told: str, value: Any, kinds: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"{told}, got {value!r}.")
    if not 0 <= value < math.inf:
        raise ValueError(f"{told} ≥ 0, got {value!r}.")


Level = Literal["debug", "info", "warning", "error"]

#: From low to high severity, as the API orders them.
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class Line:
    """A line of a log."""

    level: Level
    message: str
    data: Any = None  #: A JSON value that goes with it
    code: str | None = None  #: The code of an error, or what marks the line
    stacktrace: str | None = None  #: The stack trace of an error, which API 1.3 shows

    def __post_init__(self) -> None:
        if not self.message.isascii():  # the text of a function may be anything
            object.__setattr__(self, "message", encodable(self.message))

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        return asdict(self)


@dataclass(frozen=True)
class PlannedLine:
    """A line that the log of a job gets in the course of its run.

    Args:
        at: The fraction of the run that is over then, or how long it has run then: a ``timedelta`` or a text
            such as ``"30s"``.
        message: Its text.
        level: Its level.
        code: The code of an error, or what marks the line.
        data: A JSON value that goes with it.
        stacktrace: The stack trace of an error, which API 1.3 shows.

    Raises:
        TypeError: If a value is of the wrong type.
        ValueError: If a value makes no sense.
    """

    at: Duration
    message: str
    level: Level = "info"
    code: str | None = None
    data: Any = None
    stacktrace: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.at, str | timedelta):
            # The way in which a frozen dataclass sets its own fields.
            object.__setattr__(self, "at", to_timedelta(self.at))
        else:
            check_fraction("A log line's at must be a duration such as '30s', or", self.at)
        if not isinstance(self.message, str):
            raise TypeError(f"A log line's message must be a str, got {self.message!r}.")
        check_text("A log line's code", self.code)
        check_text("A log line's stacktrace", self.stacktrace)
        if self.level not in LEVELS:
            raise ValueError(f"A log line has no level {self.level!r}.{did_you_mean(self.level, LEVELS)}")

    @classmethod
    def of(cls, given: "PlannedLine | Mapping[str, Any]") -> "PlannedLine":
        """Return a line from a line or a mapping.

        Raises:
            TypeError: If it is neither, or something is missing.
            ValueError: If a member is unknown or makes no sense.
        """
        if isinstance(given, cls):
            return given
        known = [each.name for each in fields(cls)]
        if not isinstance(given, Mapping) or not {"at", "message"} <= given.keys():
            raise TypeError(f"A log line has 'at' and 'message', e.g. {_EXAMPLE}, got {given!r}.")
        check_members("A log line", given, known)
        return cls(**given)

    @property
    def place(self) -> float | timedelta:
        """The fraction of the run, or the time that it has run."""
        return self.at if isinstance(self.at, timedelta) else float(self.at)

    @property
    def line(self) -> Line:
        """The line without its place."""
        return Line(self.level, self.message, self.data, self.code, self.stacktrace)


_EXAMPLE = "{'at': 0.5, 'message': 'Half of it.', 'level': 'warning'}"
