"""The code of user-defined functions, run in namespaces of their own."""

import builtins
import dis
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from mock_backend.engine.udf.capture import Log, captured
from mock_backend.engine.udf.failure import UdfFailure

if TYPE_CHECKING:
    from openeo.udf.udf_data import UdfData

#: File name of the code of functions.
_FILE = "<string>"
_RAISE = dis.opmap["RAISE_VARARGS"]


@contextmanager
def running(code: str, log: Log) -> Iterator[dict[str, Any]]:
    """Run code in a namespace that is made for this block, and yield that; catch what either does.

    An exception, or the wish to end the process, becomes a ``UdfFailure``.
    """
    with captured(log) as printer:
        try:
            namespace = _namespace(printer)
            exec(_compiled(code), namespace)  # noqa: S102  # the test's own code, see the policy
            yield namespace
        except UdfFailure:
            raise
        except BaseException as error:
            # Who presses Ctrl-C, or lets a test time out, gets what they want.
            if isinstance(error, Exception | SystemExit) or _is_raised_by_code(error):
                raise UdfFailure.of(error) from error
            raise


def run_udf_code(namespace: dict[str, Any], code: str, data: "UdfData") -> "UdfData":
    """Call the function of a namespace as the openeo client's ``run_udf_code`` does.

    That keeps modules of functions, and what they remember, for the whole process; so it gets ours instead.
    """
    from openeo.udf.run_code import run_udf_code as of_client

    own = dict(of_client.__globals__) | {"load_module_from_string": lambda _: namespace}
    result: UdfData = FunctionType(of_client.__code__, own)(code, data)
    return result


def copied(context: Any) -> Any:
    """Return a context of its own for a function, as JSON values."""
    return deepcopy(dict(context) if isinstance(context, Mapping) else context) or {}


@lru_cache(maxsize=32)
def _compiled(code: str) -> CodeType:
    return compile(code, _FILE, "exec", dont_inherit=True)


def _namespace(printer: Callable[..., None]) -> dict[str, Any]:
    """Return the names that code finds without importing them, those of back-ends."""
    import numpy as np
    import pandas as pd
    import shapely
    import xarray
    from openeo.udf.feature_collection import FeatureCollection
    from openeo.udf.structured_data import StructuredData
    from openeo.udf.udf_data import UdfData
    from openeo.udf.xarraydatacube import XarrayDataCube

    return {
        "__builtins__": vars(builtins) | {"print": printer},
        "numpy": np,
        "np": np,
        "xarray": xarray,
        "pandas": pd,
        "pd": pd,
        "shapely": shapely,
        "math": math,
        "UdfData": UdfData,
        "XarrayDataCube": XarrayDataCube,
        "DataCube": XarrayDataCube,
        "StructuredData": StructuredData,
        "FeatureCollection": FeatureCollection,
    }


def _is_raised_by_code(error: BaseException) -> bool:
    """Tell whether an exception comes from a ``raise`` statement of a function, and not from a signal."""
    trace = error.__traceback__
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return code.co_filename == _FILE and code.co_code[trace.tb_lasti] == _RAISE
