"""The pure core: what a job is at an instant follows from the facts stored about it.

Nothing here knows a clock, a framework or a store: ``now`` is an argument.
"""

from mock_backend.lifecycle.lines import PlannedLine
from mock_backend.lifecycle.logs import LogEntry, Report, log_entries, severity
from mock_backend.lifecycle.plan import JobPlan
from mock_backend.lifecycle.run import Move, Run
from mock_backend.lifecycle.state import JobState, Status, state_at
from mock_backend.lifecycle.usage import Usage, Work

__all__ = [
    "JobPlan",
    "JobState",
    "LogEntry",
    "Move",
    "PlannedLine",
    "Report",
    "Run",
    "Status",
    "Usage",
    "Work",
    "log_entries",
    "severity",
    "state_at",
]
