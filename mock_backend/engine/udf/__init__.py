"""User-defined functions in Python: whether they can run, and running them.

Everything heavy (xarray, pandas, the openeo client's ``openeo.udf``) is imported when the first one runs.
"""

from mock_backend.engine.udf.capture import Log, logging_to, to_job
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.policy import Verdict, decide_run
from mock_backend.engine.udf.runner import (
    UdfFeatures,
    UdfMetadata,
    apply_metadata,
    is_for_vector_cubes,
    is_per_series,
    run_on_features,
    run_on_json,
    run_on_series,
    run_udf,
)
from mock_backend.engine.udf.xarrays import UdfArray
from mock_backend.lifecycle.lines import Line

__all__ = [
    "Line",
    "Log",
    "UdfArray",
    "UdfFailure",
    "UdfFeatures",
    "UdfMetadata",
    "Verdict",
    "apply_metadata",
    "decide_run",
    "is_for_vector_cubes",
    "is_per_series",
    "logging_to",
    "run_on_features",
    "run_on_json",
    "run_on_series",
    "run_udf",
    "to_job",
]
