"""Resource usage and costs of a run: made up, but by what it computes and how long it takes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from mock_backend.dataclass import dataclass

#: Credits for an hour of a CPU.
CREDITS_PER_CPU_HOUR = 1.5
#: An hour of a GB of memory costs this part of it.
_GB_SHARE = 2 / 3

#: One CPU and this much memory are busy as long as a job runs, whatever it computes.
_BASE_MB = 2560
_VALUES_PER_CPU_SECOND = 1_000_000
_BYTES_PER_VALUE = 2

#: The metrics that are known, and their units.
UNITS = {
    "cpu": "cpu-seconds",
    "memory": "mb-seconds",
    "duration": "seconds",
    "max_executor_memory": "gb",
    "input_pixel": "mega-pixel",
    "network_received": "b",
}


@dataclass(frozen=True)
class Work:
    """The amount of data that a run processes if it finishes.

    Args:
        read: The number of values that are read.
        written: The number of values in its results.
        memory: The bytes that are at hand at once, at most.
    """

    read: int = 0
    written: int = 0
    memory: int = 0

    def __post_init__(self) -> None:
        for each in (self.read, self.written, self.memory):
            if not isinstance(each, int | float):
                raise TypeError(f"amounts of data must be numbers, got {self}")


@dataclass(frozen=True)
class Usage:
    """The resources that a run has used.

    Args:
        ran: The processing time.
        done: The part of the work that is done, from 0 to 1.
        work: The data processed; None if unknown.
    """

    ran: timedelta
    done: float = 1.0
    work: Work | None = None

    def metrics(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return openEO resource usage metrics.

        Args:
            names: The names of the metrics to return, as far as they are known.
        """
        seconds, read = self.ran.total_seconds(), self._work.read * self.done
        known: dict[str, float] = {
            "cpu": self._cpu_seconds,
            "memory": self._memory * seconds,
            "duration": seconds,
            "max_executor_memory": self._memory / 1024 if self.ran else 0,
        }
        if self.work is not None:
            known["input_pixel"] = read / 1e6
            known["network_received"] = _BYTES_PER_VALUE * read
        return {
            name: {"value": round(value, 6 if name == "input_pixel" else 3), "unit": UNITS[name]}
            for name, value in known.items()
            if name in names
        }

    def costs(self, price: float = CREDITS_PER_CPU_HOUR) -> float:
        """Return what they cost in credits.

        Args:
            price: Credits for an hour of a CPU.
        """
        memory = self._memory / 1024 * self.ran.total_seconds()
        return round(price * (self._cpu_seconds + _GB_SHARE * memory) / 3600, 2)

    @property
    def _work(self) -> Work:
        return self.work or Work()

    @property
    def _memory(self) -> float:
        """Megabytes."""
        return _BASE_MB + self._work.memory / 2**20

    @property
    def _cpu_seconds(self) -> float:
        values = (self._work.read + self._work.written) * self.done
        return self.ran.total_seconds() + values / _VALUES_PER_CPU_SECOND
