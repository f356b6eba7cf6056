"""Filters of loaded data by properties of their items, e.g. clouds and the direction of the satellite."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mock_backend.catalog import Described
from mock_backend.catalog.coverage import Selection
from mock_backend.catalog.stac.instants import read_instant
from mock_backend.catalog.stac.stac import CLOUDS
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes.projection import Box

#: Other names of properties that filters use.
ALIASES: Mapping[str, str] = {"cloudCover": CLOUDS, "orbitDirection": "sat:orbit_state"}
Condition = Callable[..., Any]
_DAY = timedelta(days=1)
# Of more items there is one for any condition.
_MOST = 2_000


def fulfils(value: Any, condition: Condition) -> bool:
    """Tell whether the value of a property fulfils a condition."""
    # CDSE writes directions in capitals.
    values = [value, value.upper()] if isinstance(value, str) else [value]
    return any(condition(value=each) for each in values)


@dataclass(frozen=True, eq=False)
class ItemFilter:
    """Keep the days of which an item fulfils conditions."""

    collection: Described
    conditions: Mapping[str, Condition]  #: Conditions of properties of items, which take the ``value``
    seed: int
    note: Callable[[str], None]  #: Takes a line for the log if no item fulfils the conditions

    def kept(self, labels: Sequence[str], box: Box | None, now: datetime) -> tuple[str, ...]:
        """Return the labels of days of which an item in a box in degrees, or anywhere, fulfils conditions.

        If none does the clearest day is kept: real data of the period may well fulfil them.
        """
        coverage = self.collection.coverage
        tiles = [range(coverage.tiles)] if box is None else coverage.tiles_in(box)
        if sum(map(len, tiles)) * len(labels) > _MOST:
            return tuple(labels)
        kept, clearest = [], (101.0, "")
        for label in labels:
            start = read_instant(label)
            selection = coverage.select(tiles, start, start + _DAY - timedelta(seconds=1), now)
            fulfilled, covers = self._looked_at(selection)
            if fulfilled:
                kept.append(label)
            clearest = min(clearest, *((each, label) for each in covers if each is not None), clearest)
        if kept or not labels:
            return tuple(kept)
        label = clearest[1] or labels[0]
        self.note(
            f"the filter of {self.collection.id} by {', '.join(sorted(self.conditions))}, which none of its "
            f"items in this area and period fulfils (the clearest is of {label[:10]})"
        )
        return (label,)

    def kept_of_given(self, labels: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Return the labels of instants of given data at which an item fulfils the conditions."""
        coverage = self.collection.coverage
        tiles = [range(coverage.tiles)]
        instants = [(label, read_instant(label)) for label in labels]
        return tuple(
            label for label, at in instants if self._looked_at(coverage.select(tiles, at, at, now))[0]
        )

    def _looked_at(self, selection: Selection) -> tuple[bool, list[float | None]]:
        """Tell whether an item of some fulfils the conditions, or there is none, and their clouds."""
        found = [(self.collection, visit) for visit in selection.rising()]
        from mock_backend.catalog.stac.items import covers_of, fields_of

        covers = covers_of(found, self.seed)
        items = [fields_of(*each, cover) for each, cover in zip(found, covers, strict=True)]
        return not items or any(self._fulfils(each["properties"]) for each in items), covers

    def _fulfils(self, properties: Mapping[str, Any]) -> bool:
        for name, condition in self.conditions.items():
            value = properties.get(name)
            if value is not None and not fulfils(value, condition):
                return False
        return True
