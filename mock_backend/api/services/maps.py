"""Maps of what the process graphs of services compute."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mock_backend.api.models.jobs import LogLevel
from mock_backend.api.services.service import Service
from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid, UnknownCrsError
from mock_backend.errors import OpenEOError, ProcessGraphComplexity
from mock_backend.lifecycle.run import UdfRules
from mock_backend.results.documents.producer import Producer
from mock_backend.results.formats.png.encoding import Pixel, encode_png

if TYPE_CHECKING:
    from mock_backend.api.services.shown_cube import ShownCube
    from mock_backend.results.formats.png.picture import Ends

Colour = tuple[int, int, int]

#: The colours that each map runs through.
COLORMAPS: dict[str, tuple[Colour, ...]] = {
    "viridis": ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)),
    "greys": ((20, 20, 20), (235, 235, 235)),
    "vegetation": ((140, 90, 40), (230, 215, 140), (150, 200, 90), (0, 90, 40)),
}

#: The number of colours between the ends of a map.
STEPS = 255

#: The processes whose child processes have parameters x and y of their own.
_OF_PIXELS = ("apply", "array_apply", "merge_cubes")

Remarks = list[tuple[LogLevel, str]]


@dataclass(frozen=True)
class _Found:
    """The picture of a service, if it shows anything, and warnings about it."""

    shown: "ShownCube | None"
    warnings: tuple[str, ...]


#: Neighbouring maps show the same.
_lately: Kept[_Found] = Kept(64)


class Maps:
    """Draw what services compute."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    def drawn(
        self,
        service: Service,
        grid: Grid,
        now: datetime,
        *,
        parameters: Mapping[str, Any],
        colormap: str,
        background: Colour | None = None,
    ) -> tuple[bytes, Remarks]:
        """Return a map of a service, an empty one if there is nothing to see, and entries for its log.

        Args:
            now: The time: there are no data of later instants.
            parameters: The values of the parameters of the service's type, but ``spatial_extent``.
            background: The colour of no data; None if it is transparent.

        Raises:
            ProcessGraphComplexity: If the map would be too much.
        """
        remarks: Remarks = []
        content: bytes | None = None
        try:
            used = self._used(service, grid, parameters)
            found = self._found(service, now, used)
            remarks += [("warning", each) for each in found.warnings]
            if (shown := found.shown) is None:
                remarks.append(("error", "Maps are empty: the result has no pixels in rows and columns."))
            else:
                ends = (self._ends_everywhere(service, now, shown) if used else ()) or shown.ends
                content = shown.drawn(grid, ends=ends, colormap=colormap, background=background)
        except ProcessGraphComplexity:
            raise
        except UnknownCrsError:
            pass  # beyond where something can be
        except OpenEOError as error:
            # Where a graph takes the area of the map, other maps have data.
            if error.openeo_code != "NoDataAvailable" or not used:
                remarks.append(("error", f"Maps are empty: {error.message}"))
        return content or _empty(grid, background), remarks

    def _found(self, service: Service, now: datetime, values: Mapping[str, Any]) -> "_Found":
        process = service.process
        if values:
            given = [{"name": name, "schema": {}, "default": value} for name, value in values.items()]
            process = {**process, "parameters": [*(process.get("parameters") or ()), *given]}
        asked = process, service.user_id, now

        def make() -> _Found:
            from mock_backend.api.services.shown_cube import shown_of  # with NumPy, which is heavy

            outcome = self._producer.outcome(*asked, UdfRules(service.run_udfs), in_parts=True)
            return _Found(shown_of(outcome), outcome.warnings)

        return _lately.get(self._producer.key(*asked), make)

    def _ends_everywhere(self, service: Service, now: datetime, shown: "ShownCube") -> "tuple[Ends, ...]":
        """Return the ends of colours without an area, which are those of all maps; none if unknown."""
        try:
            found = self._found(service, now, {}).shown
            return found.ends if found is not None and len(found.layers) == len(shown.layers) else ()
        except OpenEOError:
            return ()

    def _used(self, service: Service, grid: Grid, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of those parameters that a process graph refers to."""
        names = set(_referred(service.process_graph))
        found = {name: value for name, value in parameters.items() if name in names}
        if "spatial_extent" in names:
            found["spatial_extent"] = dict(zip(("west", "south", "east", "north"), grid.bbox, strict=True))
        return found


def _referred(argument: Any, own: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the names of parameters of the process that arguments refer to.

    Args:
        argument: A process graph, an argument, or a part of one.
        own: The names of parameters that child processes have themselves.
    """
    if isinstance(argument, list):
        for each in argument:
            yield from _referred(each, own)
    elif isinstance(argument, dict):
        name = argument.get("from_parameter")
        if isinstance(name, str) and name not in own:
            yield name
        inner = ("x", "y") if argument.get("process_id") in _OF_PIXELS else own
        for each in argument.values():
            yield from _referred(each, inner)


@lru_cache(maxsize=16)
def palette_of(colormap: str, background: Colour | None = None) -> bytes:
    """Return red, green and blue of 256 indices: 0 is no data, the others run through a map of colours."""
    legs = list(pairwise(COLORMAPS[colormap]))
    palette = bytearray(background or (255, 255, 255))
    for step in range(STEPS):
        place = step * len(legs) / (STEPS - 1)
        leg = min(int(place), len(legs) - 1)
        start, end = legs[leg]
        palette += bytes(round(a + (b - a) * (place - leg)) for a, b in zip(start, end, strict=True))
    return bytes(palette)


def _empty(grid: Grid, background: Colour | None) -> bytes:
    """Return a picture of nothing."""
    palette, opacity = palette_of("greys", background)[:3], b"\0" if background is None else None
    rows = bytes((1 + grid.columns) * grid.rows)
    return encode_png(grid.columns, grid.rows, rows, Pixel.INDEX, palette=palette, opacity=opacity)
