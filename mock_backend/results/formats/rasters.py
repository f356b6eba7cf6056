"""Formats that hold a picture for each date: data cubes cut into areas and files, and files into bands."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Dimension, Grid, UnknownCrsError, is_horizontal
from mock_backend.engine.cubes.projection import DEGREES, Box, bounds_in, utm_zone
from mock_backend.engine.steps.areas import Feature, Geometry, counting, place_of_features
from mock_backend.engine.steps.outcome import Plain
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.results.formats.base import FilePart, Format, checked_cube, file_prefix, unsuitable
from mock_backend.results.formats.labels import file_stems, instants
from mock_backend.results.formats.layout import is_raster

_PREFIX = "openEO"


@dataclass(frozen=True)
class Layer:
    """Content of one band of a file."""

    name: str
    band: Band  #: The band of the data cube
    labels: Mapping[str, int]  #: Its place in the data cube: positions of labels by the names of dimensions


class RasterFormat(Format):
    """A format that holds a picture for each date."""

    media_type: str
    ending: str  #: The ending of the files' names, with its dot
    most_values: int | None = None
    has_pieces = False  #: True if options may ask for files of several areas

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> list[FilePart]:
        """Return a file for each date, and for each area and band if the options say so.

        Raises:
            OpenEOError: If there are no pixels.
        """
        cube = _checked(self.name, content)
        prefix = file_prefix(options) or _PREFIX
        parts = []
        separate = options.get("separate_asset_per_band") is True
        time = cube.of_kind("temporal")
        dates: list[tuple[Any, str]] = [(None, "")] if time is None else _dates_of(cube, time)
        pieces = pieces_of(cube, options, len(dates)) if self.has_pieces else [("", cube)]
        for (when, stem), (where, piece) in product(dates, pieces):
            # As CDSE names tiles of what has no time.
            is_tile = is_tiled(options) and where and not stem
            start = (f"{prefix}-{where}",) if is_tile else (prefix, stem, where)
            date = None if when is None else str(when)
            for band, part in _by_band(
                piece if time is None else piece.at(time.name, when), separate=separate
            ):
                name = "_".join(each for each in (*start, band) if each) + self.ending
                parts.append(FilePart(name, part, self.media_type, date, where, self.most_values))
        return parts


def layers_of(cube: DataCube) -> list[Layer]:
    """Return the bands of a file: one for each combination of labels that are not pixels."""
    others = [each for each in cube.dimensions if not is_horizontal(each)]
    layers = []
    for place in product(*(range(cube.sizes[each.name]) for each in others)):
        labels = {each.name: position for each, position in zip(others, place, strict=True)}
        band = next((labels[each.name] for each in others if each.kind == "bands"), 0)
        said = [
            str((each.labels or ())[labels[each.name]])
            for each in others
            if each.kind == "bands" or cube.sizes[each.name] > 1
        ]
        layers.append(Layer("_".join(said) or cube.bands[band].name, cube.bands[band], labels))
    return layers


def _checked(name: str, content: DataCube | Plain) -> DataCube:
    cube = checked_cube(name, content)
    if cube.grid is None or not is_raster(cube):
        raise unsuitable(
            f"{name} holds data cubes with pixels in rows and columns, and this one has none of x and y, or "
            "not both; netCDF, JSON and CSV hold data cubes of all kinds."
        )
    time = cube.of_kind("temporal")
    if cube.count == 0 and (time is None or cube.sizes[time.name]):
        raise unsuitable(f"{name} holds one band at least, and this data cube has none.")
    return cube


def _dates_of(cube: DataCube, time: Dimension) -> list[tuple[Any, str]]:
    """Return the label of each date, and its part of a file name."""
    begun = [cube.spans.get(label, (None,))[0] or label for label in cube.times]
    return list(zip(time.labels or (), _stems(begun), strict=True))


def _stems(labels: Sequence[str]) -> list[str]:
    """Return what dates are called in file names: as short as they differ."""
    times = instants(labels)
    if times is None:
        return file_stems(labels)
    stems = [f"{time.date().isoformat()}Z" for time in times]
    if len(set(stems)) < len(stems):
        stems = [f"{time.date().isoformat()}T{time:%H%M%S}Z" for time in times]
    return file_stems(stems)


def _by_band(cube: DataCube, *, separate: bool) -> Iterator[tuple[str, DataCube]]:
    bands = cube.of_kind("bands")
    if bands is None or not separate:
        yield "", cube
        return
    labels = bands.labels or ()
    for label, stem in zip(labels, file_stems(labels, "band"), strict=True):
        yield stem, cube.at(bands.name, label)


#: The largest number of files.
_MOST = 10_000


def is_tiled(options: Mapping[str, Any]) -> bool:
    """Tell whether options ask for files of tiles."""
    tile_grid = options.get("tile_grid")
    return isinstance(tile_grid, str) and tile_grid.lower() in TILE_GRIDS


def pieces_of(cube: DataCube, options: Mapping[str, Any], times: int = 1) -> list[tuple[str, DataCube]]:
    """Return the areas that options ask files for, with what they are called in names of files.

    Args:
        options: ``tile_grid``: files for each of its tiles; ``sample_by_feature``: files for each geometry
            that pixels were chosen by, called after its property ``feature_id_property``.
        times: The number of files for each area.

    Returns:
        The data cube as a whole, without a name, if they ask for nothing like that.

    Raises:
        ProcessGraphComplexity: If there are too many.
    """
    assert cube.grid is not None  # as rasters have one
    if is_tiled(options):
        found = _in_tiles(cube, cube.grid, options["tile_grid"].lower())
    elif options.get("sample_by_feature") is True and cube.samples:
        found = _in_samples(cube, cube.grid, options.get("feature_id_property"))
    else:
        found = iter((("", cube),))
    pieces = list(islice(found, _MOST // max(times, 1) + 1))
    if len(pieces) * times > _MOST:
        raise ProcessGraphComplexity(
            f"The result would be more than {_MOST:,} files; a smaller area, larger tiles, fewer geometries "
            "or dates make less."
        )
    return pieces or [("", cube)]


def _in_tiles(cube: DataCube, grid: Grid, tile_grid: str) -> Iterator[tuple[str, DataCube]]:
    for name, bounds in tiles_of(grid, tile_grid):
        if (part := grid.clipped(bounds)) is not None:
            yield name, replace(cube, grid=part)


def _in_samples(cube: DataCube, grid: Grid, name: Any) -> Iterator[tuple[str, DataCube]]:
    labels = [_label(feature, name, place) for place, feature in enumerate(cube.samples)]
    for stem, feature in zip(file_stems(labels), cube.samples, strict=True):
        place = place_of_features([feature])
        if place is None:
            continue
        try:
            bounds = bounds_in(place.bounds, place.crs, grid.crs)
        except UnknownCrsError:
            continue
        if (part := grid.clipped(bounds)) is not None:
            yield stem, _inside(replace(cube, grid=part), place.geometry)


def _inside(cube: DataCube, geometry: Geometry | None) -> DataCube:
    """Return a data cube that has values within a geometry only."""
    from mock_backend.engine.sources.source import Source  # with NumPy, which is heavy
    from mock_backend.engine.sources.zones import Inside  # with NumPy, which is heavy

    if geometry is None or not isinstance(cube.source, Source):
        return cube
    return replace(cube, source=Inside(cube.source, geometry))


def _label(feature: Feature, name: Any, place: int) -> str:
    """Return what a geometry is called: as its property says, or by its place."""
    value = (feature.get("properties") or {}).get(name) if isinstance(name, str) else None
    return str(place if value is None or isinstance(value, dict | list) else value)


_UTM = re.compile(r"EPSG:32([67])(\d\d)")
# The width of the squares of UTM in metres, by the names of the grids.
_WIDTHS = {"utm-100km": 100_000, "utm-20km": 20_000, "utm-10km": 10_000}
_SQUARE = 100_000
#: The names of the grids.
TILE_GRIDS = ("wgs84-1degree", *_WIDTHS)

# The letters of the Military Grid Reference System: of squares from west to east in three zones in turn,
# of squares from south to north, and of bands of latitude, which are 8 degrees high.
_EASTWARDS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_NORTHWARDS = "ABCDEFGHJKLMNPQRSTUV"
_LATITUDES = "CDEFGHJKLMNPQRSTUVWXX"
_SHIFT = 5
_LOWEST, _HEIGHT = -80, 8


def tiles_of(grid: Grid, tile_grid: str) -> Iterator[tuple[str, Box]]:
    """Yield the names of the tiles that pixels may be in, and their boxes in the pixels' coordinate system.

    Args:
        tile_grid: One of ``TILE_GRIDS``.
    """
    if tile_grid in _WIDTHS:
        yield from _squares(grid, _WIDTHS[tile_grid])
        return
    west, south, east, north = grid.bounds if grid.crs == DEGREES else counting(grid.bbox)
    for latitude in range(math.floor(south), math.ceil(north)):
        for longitude in range(math.floor(west), math.ceil(east)):
            box = float(longitude), float(latitude), longitude + 1.0, latitude + 1.0
            shown = (longitude + 180) % 360 - 180
            name = f"{'NS'[latitude < 0]}{abs(latitude):02}{'EW'[shown < 0]}{abs(shown):03}"
            yield name, bounds_in(box, DEGREES, grid.crs)


def _squares(grid: Grid, width: int) -> Iterator[tuple[str, Box]]:
    """Yield squares of the zone of the south-western corner, as CDSE has it.

    They are counted from the north-western corner of the squares of 100 km that the pixels are in.
    """
    west, south, _, _ = counting(grid.bbox)
    crs = utm_zone(west, south)
    west, south, east, north = bounds_in(grid.bounds, grid.crs, crs)
    left = math.floor(west / _SQUARE) * _SQUARE
    top = math.ceil(north / _SQUARE) * _SQUARE
    for row in range(math.floor((top - north) / width), math.ceil((top - south) / width)):
        for column in range(math.floor((west - left) / width), math.ceil((east - left) / width)):
            x, y = left + column * width, top - (row + 1) * width
            box = float(x), float(y), float(x + width), float(y + width)
            yield f"{_square(crs, box)}_{column}_{row}", bounds_in(box, crs, grid.crs)


def _square(crs: str, box: Box) -> str:
    """Return the name of the square of 100 km that a box is in."""
    found = _UTM.fullmatch(crs)
    assert found is not None  # as utm_zone names them
    zone, x, y = int(found[2]), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    latitude = bounds_in((x, y, x, y), crs, DEGREES)[1]
    band = _LATITUDES[min(max(int((latitude - _LOWEST) // _HEIGHT), 0), len(_LATITUDES) - 1)]
    letters = _EASTWARDS[(zone - 1) % 3]
    across = letters[int(x // _SQUARE - 1) % len(letters)]
    along = _NORTHWARDS[int(y // _SQUARE + _SHIFT * (zone % 2 == 0)) % len(_NORTHWARDS)]
    return f"{zone:02}{band}{across}{along}"
