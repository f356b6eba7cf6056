"""Faults that a test orders: one small class for each kind, imported when it is first named."""

from typing import TYPE_CHECKING

from mock_backend.control.faults.book import FaultBook
from mock_backend.control.faults.kind import WAIT, ConnectionLost, FaultKind, FaultRequest, wait
from mock_backend.control.faults.order import Conditions, FaultOrder
from mock_backend.late_imports import LateImports, by_module

if TYPE_CHECKING:
    from mock_backend.control.faults.answers import (
        Fault,
        Maintenance,
        NotFoundYet,
        Quota,
        RateLimit,
        RedirectLoop,
    )
    from mock_backend.control.faults.connection import Delay, Disconnect, SlowBody
    from mock_backend.control.faults.content import (
        BrokenJson,
        ContentType,
        DuplicateLogs,
        LoseLogs,
        Stale,
        Truncate,
    )

__all__ = [
    "WAIT",
    "BrokenJson",
    "Conditions",
    "ConnectionLost",
    "ContentType",
    "Delay",
    "Disconnect",
    "DuplicateLogs",
    "Fault",
    "FaultBook",
    "FaultKind",
    "FaultOrder",
    "FaultRequest",
    "LoseLogs",
    "Maintenance",
    "NotFoundYet",
    "Quota",
    "RateLimit",
    "RedirectLoop",
    "SlowBody",
    "Stale",
    "Truncate",
    "wait",
]

#: The kinds that are ours, by the names of their classes.
KINDS: LateImports[type[FaultKind]] = LateImports(
    __name__,
    by_module(
        {
            "answers": "Fault Maintenance NotFoundYet Quota RateLimit RedirectLoop",
            "connection": "Delay Disconnect SlowBody",
            "content": "BrokenJson ContentType DuplicateLogs LoseLogs Stale Truncate",
        }
    ),
)
__getattr__ = KINDS.attribute
