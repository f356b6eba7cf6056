"""The decision whether a user-defined function runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.imports import missing_from

#: Values of ``run_udfs``: None means those that can.
RunUdfs = bool | None


@dataclass(frozen=True)
class Verdict:
    """The decision whether a user-defined function runs."""

    code: str | None = None  #: The Python code to run; None if a stand-in takes its place
    reason: str = ""  #: Why it does not run, for the log

    @property
    def runs(self) -> bool:
        """True if it runs."""
        return self.code is not None


def decide_run(
    udf: Any,
    runtime: Any,
    *,
    run_udfs: RunUdfs = None,
    resolve: Callable[[str], str | None] | None = None,
) -> Verdict:
    """Decide whether a user-defined function runs.

    Nothing is imported or run for it.

    Args:
        udf: The argument of ``run_udf``: code, a URL, or a path of the user's workspace.
        runtime: The name of the runtime. Those that begin with ``Python``, in any case, are this Python.
        run_udfs: None to run what can run, True to run it or to fail, False to run nothing.
        resolve: Returns the code that is at a URL or path, None if it is not known.

    Raises:
        UdfFailure: If functions must run, and modules that this one needs are not installed.
    """
    if run_udfs is False:
        return Verdict(reason="user-defined functions do not run here (run_udfs)")
    if not str(runtime).casefold().startswith("python"):
        return Verdict(reason=f"the runtime {runtime!r} is not available, only Python is")
    if not isinstance(udf, str):
        return Verdict(reason=f"udf must be a string with code, not {type(udf).__name__}")
    code: str | None = udf
    if is_reference(udf):
        code = None if resolve is None else resolve(udf.strip())
        if code is None:
            return Verdict(reason=f"there is no code known at {udf.strip()!r}")
    missing = missing_from(code or "")
    if not missing:
        return Verdict(code=code)
    reason = f"not installed: {', '.join(missing)}"
    if run_udfs:
        raise UdfFailure(
            "UDF exception while evaluating processing graph. Please check your user defined functions. "
            f"ModuleNotFoundError: {reason}. Install that, or let a stand-in take the place of functions "
            "that cannot run (run_udfs=None)."
        )
    return Verdict(reason=reason)


def is_reference(udf: str) -> bool:
    """Tell whether a text is a URL or a path of code instead of code."""
    text = udf.strip()
    if not text or "\n" in text:
        return False
    return text.startswith(("http://", "https://")) or (
        not any(each in text for each in "()=;:#") and text.endswith((".py", ".R", ".r", ".cwl"))
    )
