"""Labels of given data: instants as openEO writes them, names of bands, and others."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.engine.given_data.data import GivenDataError


def written_instants(values: Sequence[Any] | NDArray[Any]) -> list[str]:
    """Return instants as RFC 3339 texts, in their order.

    Args:
        values: Texts, or objects of ``datetime``, NumPy, pandas or cftime; in UTC unless they say otherwise.
    """
    found = [_instant(each) for each in values]
    for place, each in enumerate(found):
        if each in found[:place]:
            raise GivenDataError(f"The data have the date {each} twice; labels of time are whole seconds.")
    return found


def plain_labels(values: NDArray[Any]) -> tuple[Any, ...]:
    """Return labels as JSON has them: numbers and texts."""
    found = values.tolist() if values.dtype.kind in "iufU" else [str(each) for each in values]
    return tuple(found)


def band_names(labels: NDArray[Any] | None, size: int, described: Any) -> list[str]:
    """Return the names of the bands of an array.

    Args:
        labels: The coordinates of its dimension of bands; None without.
        described: The descriptions of bands in its attributes, as rioxarray has them: a text for each.
    """
    numbered = labels is None or labels.dtype.kind in "iu"
    if numbered and isinstance(described, str) and size == 1:
        return [described]
    if numbered and isinstance(described, list | tuple) and len(set(described)) == size:
        return [str(each) for each in described]
    if labels is None:
        return [f"band{number + 1}" for number in range(size)]
    return [f"band{each}" if numbered else str(each) for each in labels]


def _instant(value: Any) -> str:
    try:
        told = value.astype("datetime64[us]").item() if isinstance(value, np.datetime64) else value
        found = datetime.fromisoformat(told if isinstance(told, str) else told.isoformat())
        return write_instant(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError, AttributeError, TypeError):
        raise GivenDataError(
            f"A date must be a datetime, or a text like 2024-06-01 or 2024-06-01T10:30:00Z, got {value!r}."
        ) from None
