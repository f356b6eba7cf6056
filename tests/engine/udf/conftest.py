"""Helpers for tests of user-defined functions."""

from textwrap import dedent

import numpy as np
import pytest

from mock_backend.engine.udf.xarrays import UdfArray
from mock_backend.lifecycle.lines import Line


@pytest.fixture
def lines() -> list[Line]:
    """The lines that functions log; pass ``log=lines.append``."""
    return []


@pytest.fixture
def cube() -> UdfArray:
    """Three instants, two bands, 4 by 5 pixels; one of them without data."""
    values = np.arange(3 * 2 * 4 * 5, dtype=np.float32).reshape(3, 2, 4, 5) / 8
    values[1, 0, 2, 3] = np.nan
    return UdfArray(
        values,
        ("t", "bands", "y", "x"),
        {
            "t": ["2024-06-01T00:00:00Z", "2024-06-06T00:00:00Z", "2024-06-11T10:30:00Z"],
            "bands": ["B04", "B08"],
            "y": 5_650_000.0 - 10 * np.arange(4),
            "x": 640_000.0 + 10 * np.arange(5),
        },
        crs="EPSG:32631",
    )


@pytest.fixture
def code():
    """Return code without its indentation."""
    return dedent
