"""The range of the values of a band."""

from mock_backend.catalog import Band

# A wider range means nothing: only the part around 0 is used.
_WIDEST = 1e9


def range_of(band: Band) -> tuple[float, float]:
    """Return the smallest and the largest value of a band; from 0 to 1 if it does not say."""
    low = 0.0 if band.minimum is None else float(band.minimum)
    high = low + 1 if band.maximum is None else float(band.maximum)
    low, high = min(low, high), max(low, high)
    if high - low > _WIDEST and low < 1 and high > -1 and band.data_type.startswith("float"):
        return max(low, -1.0), min(high, 1.0)
    return low, high
