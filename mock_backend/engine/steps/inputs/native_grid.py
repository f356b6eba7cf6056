"""The pixels of a collection before an area is chosen: their coordinate system and size."""

from datetime import datetime

from mock_backend.catalog.coverage import Coverage
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.instants import Period
from mock_backend.engine.cubes import Grid, UnknownCrsError
from mock_backend.engine.cubes.projection import DEGREES, Box, area_of_use, bounds_in, utm_zone
from mock_backend.engine.steps.areas import Area, counting
from mock_backend.engine.steps.inputs.collection_dates import dates_of
from mock_backend.engine.steps.inputs.item_filter import ItemFilter

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
