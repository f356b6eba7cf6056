"""Labels of dimensions as files have them: names, instants, numbers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mock_backend.catalog.stac.instants import read_instant

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
