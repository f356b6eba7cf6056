"""User-defined functions in Python: whether they can run, and running them.

Everything heavy (xarray, pandas, the openeo client's ``openeo.udf``) is imported when the first one runs.
"""

from mock_backend.udf.array import UdfArray
from mock_backend.udf.failure import UdfFailure
from mock_backend.udf.lines import Log, UdfLine
from mock_backend.udf.metadata import UdfMetadata, apply_metadata
from mock_backend.udf.policy import RunUdfs, Verdict, judge
from mock_backend.udf.runner import run
from mock_backend.udf.vectors import UdfFeatures, run_on_features, run_on_json, run_on_series

__all__ = [
    "Log",
    "RunUdfs",
    "UdfArray",
    "UdfFailure",
    "UdfFeatures",
    "UdfLine",
    "UdfMetadata",
    "Verdict",
    "apply_metadata",
    "judge",
    "run",
    "run_on_features",
    "run_on_json",
    "run_on_series",
]
