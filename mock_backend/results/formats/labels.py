"""Labels and values as files have them: names, instants, numbers, short decimals."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mock_backend.catalog.stac.instants import read_instant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What is in no file name, on any system, nor in a URL without being escaped.
_ODD = re.compile(r"[^\w.+-]+")
# What netCDF allows in no name.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/]")
_LONGEST = 200


def unique_names(labels: Iterable[Any], taken: Collection[str] = ()) -> list[str]:
    """Return a name for each label that no other one has, and that is not taken."""
    names: list[str] = []
    for label in labels:
        name = str(label)
        while name in taken or name in names:
            name += "_"
        names.append(name)
    return names


def file_stems(labels: Iterable[Any], otherwise: str = "") -> list[str]:
    """Return what labels are called in names of files, each in its own way on any system.

    Args:
        otherwise: The name of those of which nothing is left.
    """
    seen: Counter[str] = Counter()
    stems = []
    for label in labels:
        stem = _ODD.sub("_", str(label)[:_LONGEST]).strip("._") or otherwise
        seen[stem.lower()] += 1
        stems.append(stem if seen[stem.lower()] == 1 else f"{stem}-{seen[stem.lower()]}")
    return stems


def variable_name(label: Any) -> str:
    """Return a label as netCDF allows it for the name of a variable or dimension."""
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", str(label))).strip()[:_LONGEST].strip()
    if not name or (name[0].isascii() and not (name[0].isalnum() or name[0] == "_")):
        return f"_{name}"
    return name


def number_type(labels: Collection[Any]) -> str | None:
    """Return the data type of labels that are numbers; None if there are others, or none at all."""
    kinds = {type(label) for label in labels}
    return ("int64" if kinds == {int} else "float64") if kinds and kinds <= {int, float} else None


def instants(labels: Sequence[Any]) -> list[datetime] | None:
    """Return the instants that labels name, dates those of their beginning; None if one names none."""
    try:
        return [read_instant(label) for label in map(str, labels)]
    except ValueError:
        return None


def since_epoch(times: Sequence[datetime]) -> tuple[list[int], str]:
    """Return how much time there is between 1970 and some instants, and the units of that as CF has them."""
    for unit, span in (("days", timedelta(days=1)), ("seconds", timedelta(seconds=1))):
        if not any((each - _EPOCH) % span for each in times):
            return [(each - _EPOCH) // span for each in times], f"{unit} since 1970-01-01"
    microsecond = timedelta(microseconds=1)
    return [(each - _EPOCH) // microsecond for each in times], "microseconds since 1970-01-01"


def are_no_data(array: "NDArray[Any]", nodata: float | None) -> "NDArray[np.bool_]":
    """Tell which values say that there are no data.

    Args:
        nodata: The value that says so; NaN does in any case.
    """
    import numpy as np  # heavy, and only needed where there are values

    if array.dtype.kind == "f":
        found: NDArray[np.bool_] = np.isnan(array)
        return found if nodata is None or math.isnan(nodata) else found | (array == nodata)
    if nodata is None:
        return np.zeros(array.shape, dtype=bool)
    return np.asarray(array == nodata)


def decimal(array: "NDArray[Any]") -> "NDArray[Any]":
    """Return values such that their decimals are short: 0.1, not 0.10000000149011612.

    What is narrower than Python's numbers would otherwise show more digits than it has.
    """
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        return array.astype("S").astype("float64")
    return array


def with_none(array: "NDArray[Any]", nodata: float | None) -> Any:
    """Return values as (nested lists of) Python numbers, None where there are no data."""
    values = decimal(array).astype(object)
    values[are_no_data(array, nodata)] = None
    return values.tolist()


def column_texts(array: "NDArray[Any]", nodata: float | None, empty: str) -> list[str]:
    """Return values in one dimension as texts, an empty one where there are no data.

    Args:
        nodata: The value that says that there is none; NaN does in any case.
        empty: The text where there are no data.
    """
    import numpy as np  # heavy, and only needed where there are values

    # Few values of a series are unlike all others. Zero is added to have no negative one.
    distinct, places = np.unique(array + array.dtype.type(0), return_inverse=True)
    found = distinct.astype("U").astype(object)
    found[are_no_data(distinct, nodata)] = empty
    listed: list[str] = found[places].tolist()
    return listed
