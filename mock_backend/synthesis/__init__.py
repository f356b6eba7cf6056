"""Values that stand in for those of a real back-end: a landscape with seasons, the same for everybody.

It imports NumPy and Shapely, so it is imported where values are computed only.
"""

from mock_backend.synthesis.statistics import band_statistics, statistics_of
from mock_backend.synthesis.values import MAX_VALUES, Values

__all__ = ["MAX_VALUES", "Values", "band_statistics", "statistics_of"]
