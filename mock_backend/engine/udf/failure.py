"""Failures of user-defined functions, worded as CDSE does."""

import traceback
from typing import Self

from mock_backend.errors import OpenEOError
from mock_backend.errors.texts import encodable

#: The largest number of characters of a traceback; of longer ones the first and the last lines are told.
_WIDTH = 2850
_FIRST_OF_FUNCTION = 'File "<string>",'


class UdfFailure(OpenEOError):
    """A user-defined function failed, or what it returned cannot be used.

    Args:
        message: The message that fails the job, or the request.
        stacktrace: The traceback, for the log.
        code: The code of the error that a synchronous request gets.
        status: Its HTTP status.
    """

    def __init__(
        self, message: str, stacktrace: str | None = None, code: str = "Internal", status: int = 500
    ) -> None:
        super().__init__(encodable(message), code=code, status=status)
        self.stacktrace = None if stacktrace is None else encodable(stacktrace)

    def __reduce__(self) -> tuple[type[Self], tuple[str, str | None, str, int]]:
        # Workers in other processes hand it on.
        return type(self), (self.message, self.stacktrace, self.openeo_code, self.status_code)

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Return the failure that an exception of a function leads to."""
        told = "".join(traceback.format_exception(error)).rstrip()
        place = told.find(_FIRST_OF_FUNCTION)
        if place == -1:
            # Not in the function: it has another signature, or returns something else.
            last = "".join(traceback.format_exception_only(error)).strip()
            return cls(f"Python exception while evaluating processing graph: {last}", stacktrace=told)
        own = told[told.rfind("\n", 0, place) + 1 :]
        return cls(
            "UDF exception while evaluating processing graph. Please check your user defined functions. "
            f"stacktrace:\n{_shortened(own)}",
            stacktrace=own,
        )

    @classmethod
    def of_result(cls, problem: str) -> Self:
        """Return the failure of a function that has returned something else than it should."""
        return cls(
            f"Python exception while evaluating processing graph: the UDF's result is wrong: {problem}."
        )


def _shortened(trace: str) -> str:
    lines = trace.split("\n")
    if len(trace) <= _WIDTH or len(lines) <= 11:
        return trace
    return "\n".join([*lines[:5], "... skipped stack frames ...", *lines[-5:]])
