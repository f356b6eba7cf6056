"""The processes of numbers, texts, instants and arrays: one function each, for JSON values and for pixels."""

from mock_backend.engine.functions import (  # noqa: F401  # they register what they define
    arrays,
    comparisons,
    curves,
    dates,
    maths,
    ordering,
    statistics,
    texts,
)
from mock_backend.engine.functions.registry import FUNCTIONS, PIXELWISE, call

__all__ = ["FUNCTIONS", "PIXELWISE", "call"]
