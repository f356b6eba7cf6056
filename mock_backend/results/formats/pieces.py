"""Data cubes cut into areas, each of which has files of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from mock_backend.engine.cubes import DataCube, UnknownCrsError
from mock_backend.engine.cubes.projection import Box, bounds_in
from mock_backend.engine.steps.areas import Feature, Geometry, place_of_features
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.results.formats.labels import file_stems
from mock_backend.results.formats.tile_grids import TILE_GRIDS, tiles_of

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
    if is_tiled(options):
        found = _in_tiles(cube, options["tile_grid"].lower())
    elif options.get("sample_by_feature") is True and cube.samples:
        found = _in_samples(cube, options.get("feature_id_property"))
    else:
        found = iter((("", cube),))
    pieces = list(islice(found, _MOST // max(times, 1) + 1))
    if len(pieces) * times > _MOST:
        raise ProcessGraphComplexity(
            f"The result would be more than {_MOST:,} files; a smaller area, larger tiles, fewer geometries "
            "or dates make less."
        )
    return pieces or [("", cube)]


def _in_tiles(cube: DataCube, tile_grid: str) -> Iterator[tuple[str, DataCube]]:
    assert cube.grid is not None  # as rasters have one
    for name, bounds in tiles_of(cube.grid, tile_grid):
        if (piece := _within(cube, bounds)) is not None:
            yield name, piece


def _in_samples(cube: DataCube, name: Any) -> Iterator[tuple[str, DataCube]]:
    assert cube.grid is not None  # as rasters have one
    labels = [_label(feature, name, place) for place, feature in enumerate(cube.samples)]
    for stem, feature in zip(file_stems(labels), cube.samples, strict=True):
        place = place_of_features([feature])
        if place is None:
            continue
        try:
            bounds = bounds_in(place.bounds, place.crs, cube.grid.crs)
        except UnknownCrsError:
            continue
        if (piece := _within(cube, bounds)) is not None:
            yield stem, _inside(piece, place.geometry)


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


def _within(cube: DataCube, bounds: Box) -> DataCube | None:
    """Return the part of a data cube in a box; None if there is none."""
    grid = None if cube.grid is None else cube.grid.clipped(bounds)
    return None if grid is None else replace(cube, grid=grid)
