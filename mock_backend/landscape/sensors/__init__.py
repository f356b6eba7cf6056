"""Values that stand in for those of a real back-end: a landscape with seasons, the same for all users.

It imports NumPy and Shapely, so it is imported where values are computed only.
"""

from mock_backend.landscape.sensors.statistics import statistics_of

__all__ = ["statistics_of"]
