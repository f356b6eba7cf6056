"""The pixels and the days of a collection before an area is chosen, and filters of days by their items."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from mock_backend.catalog import Described
from mock_backend.catalog.coverage import Coverage, Selection, Visit
from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.catalog.stac.stac import CLOUDS
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.instants import Period
from mock_backend.engine.cubes import Grid, UnknownCrsError
from mock_backend.engine.cubes.projection import DEGREES, Box, area_of_use, bounds_in, utm_zone
from mock_backend.engine.steps.areas import Area, counting

#: Other names of properties that filters use.
ALIASES: Mapping[str, str] = {"cloudCover": CLOUDS, "orbitDirection": "sat:orbit_state"}
Condition = Callable[..., Any]
_DAY = timedelta(days=1)
# Of more items there is one for any condition.
_MOST_ITEMS = 2_000


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
        if sum(map(len, tiles)) * len(labels) > _MOST_ITEMS:
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


#: Of more instants in a day only the days count.
_MOST_INSTANTS = 1 << 17


def dates_of(coverage: Coverage, box: Box | None, period: Period, now: datetime) -> tuple[str, ...]:
    """Return the labels of the temporal dimension: the beginnings of the days with data.

    A period without any, though the collection goes on in it, has its first day, so that short ones
    have data wherever they are.

    Args:
        box: The area in degrees; None for all of it.
        now: There are no data of later instants.

    Returns:
        Labels in their order; none if the collection ends before the period or begins after it.
    """
    tiles = [range(coverage.tiles)] if box is None else coverage.tiles_in(box)
    return _dates_of(coverage, tuple(tiles), period, now)


@lru_cache(maxsize=256)
def _dates_of(coverage: Coverage, tiles: tuple[range, ...], period: Period, now: datetime) -> tuple[str, ...]:
    """Return the labels for all areas that meet the same tiles, as neighbouring ones do."""
    first = coverage.seen(Visit(0, 0))[0]
    last = now if coverage.until is None else min(coverage.until, now)
    start = max(period.start or first, first.replace(hour=0, minute=0, second=0))
    if start > last or (period.end is not None and period.end <= first):
        return ()
    if coverage.revisit is not None and coverage.revisit < _DAY:
        instants = _instants(coverage, coverage.revisit, start, period.end, last)
        if instants:
            return instants
    stop = last.toordinal() + 1
    if period.end is not None:
        stop = min(stop, _first_midnight(period.end))
    wanted = range(_first_midnight(start), stop)
    found = [day for day in _days(coverage, tiles, start, period.end, last) if day in wanted]
    return tuple(f"{date.fromordinal(day)}T00:00:00Z" for day in found or [start.toordinal()])


def _instants(
    coverage: Coverage, revisit: timedelta, start: datetime, end: datetime | None, last: datetime
) -> tuple[str, ...]:
    """Return the rounds of a collection that has several a day; none if there are too many."""
    first = coverage.seen(Visit(0, 0))[0]
    low = -((first - start) // revisit)
    high = (last - first) // revisit
    if end is not None:
        high = min(high, -((first - end) // revisit) - 1)
    if not 0 < high - low + 1 <= _MOST_INSTANTS:
        return ()
    return tuple(write_instant(first + each * revisit) for each in range(max(low, 0), high + 1))


def _days(
    coverage: Coverage, tiles: tuple[range, ...], start: datetime, end: datetime | None, last: datetime
) -> list[int]:
    """Return the ordinals of days with visits, about those of a period."""
    first = coverage.seen(Visit(0, 0))[0]
    if coverage.revisit is None:
        return [first.toordinal()]
    sweeps = _sweeps(coverage, tiles)
    if not sweeps:
        return []
    revisit = max(coverage.revisit, timedelta(seconds=1))
    stop = last if end is None else min(last, end)
    low = max((start - first - sweeps[-1][1]) // revisit - 1, 0)
    high = (stop - first) // revisit + 1
    days: dict[int, None] = {}
    for each in range(low, high + 1):
        begin = coverage.seen(Visit(each, 0))[0]
        for one, other in sweeps:
            since, until = begin + one, min(begin + other, last)
            if since <= until:
                days |= dict.fromkeys(range(since.toordinal(), until.toordinal() + 1))
    return sorted(days)


def _sweeps(coverage: Coverage, tiles: tuple[range, ...]) -> list[tuple[timedelta, timedelta]]:
    """Return when in each round some tiles are visited, gaps of less than a day left out."""
    first = coverage.seen(Visit(0, 0))[0]
    found: list[tuple[timedelta, timedelta]] = []
    for run in tiles:
        low, high = (coverage.seen(Visit(0, tile))[0] - first for tile in (run.start, run.stop - 1))
        if found and low - found[-1][1] < _DAY:
            found[-1] = found[-1][0], high
        else:
            found.append((low, high))
    return found


def _first_midnight(instant: datetime) -> int:
    """Return the ordinal of the first day that does not begin before an instant."""
    return instant.toordinal() + (instant.time() > time.min)


#: About a degree in metres, a multiple of many usual resolutions.
_DEGREE = 112_000
#: Default in metres.
RESOLUTION = 100.0
#: Areas that are wider, in degrees, have no zone of UTM.
_WIDEST = 60
_WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Visits:
    """Dates at which a collection has data, wherever that is asked for."""

    coverage: Coverage  #: The extents of its data
    period: Period  #: The period that was asked for
    now: datetime  #: There are no data of later instants
    items: ItemFilter | None = None  #: The filter of days by their items, if there is one

    def labels(self, box: Box | None) -> tuple[str, ...]:
        """Return the labels of the temporal dimension for an area in degrees, None for all of it."""
        found = dates_of(self.coverage, box, self.period, self.now)
        return found if self.items is None else self.items.kept(found, box, self.now)


@dataclass(frozen=True)
class Native:
    """Positions of the pixels of a collection."""

    crs: str | None  #: Their coordinate system; None for the UTM zone of each area
    x_size: float  #: Their width in its units
    y_size: float
    box: Box = _WORLD  #: The extent of the collection, in degrees
    visits: Visits | None = None  #: When it has data; None if it has no time

    def around(self, place: Area) -> Grid | None:
        """Return the grid of the pixels of an area; None if the collection is elsewhere."""
        inside = place.clipped(self.box)
        if inside is None:
            return None
        west, south, east, north = inside.degrees
        if self.crs is None and east - west > _WIDEST:
            return Native(DEGREES, degrees(self.x_size), degrees(self.y_size), self.box).around(inside)
        crs = self.crs or utm_zone((west + east) / 2, (south + north) / 2)
        bounds = bounds_in(inside.bounds, inside.crs, crs)
        return Grid.around(counting(bounds, crs), crs=crs, x_size=self.x_size, y_size=self.y_size)

    def lattice_for(self, grid: Grid) -> Grid:
        """Return a grid whose pixels lie like those where another grid is."""
        return self.around(Area(counting(grid.bounds, grid.crs), grid.crs)) or self.whole()

    def whole(self) -> Grid:
        """Return the grid of the whole collection."""
        # Not every coordinate system is for the whole Earth.
        area = None if self.crs in (None, DEGREES) else area_of_use(self.crs or DEGREES)
        place = Area(self.box) if area is None else Area(self.box).clipped(counting(area))
        try:
            found = None if place is None else self.around(place)
        except UnknownCrsError:
            found = None
        if found is not None:
            return found
        return Grid.around(self.box, crs=DEGREES, x_size=degrees(self.x_size), y_size=degrees(self.y_size))


def degrees(metres: float) -> float:
    """Return a resolution in degrees for one in metres; a degree is a multiple of it."""
    if metres >= _DEGREE:
        return float(round(metres / _DEGREE))
    return 1 / round(_DEGREE / metres)
