"""Formats that hold a picture for each date: how data cubes are cut into files, and files into bands."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import FilePart, checked_cube, file_prefix, unsuitable
from mock_backend.results.formats.labels import file_stems, instants
from mock_backend.results.formats.layout import is_raster
from mock_backend.results.formats.pieces import is_tiled, pieces_of

_PREFIX = "openEO"


@dataclass(frozen=True)
class Layer:
    """Content of one band of a file."""

    name: str
    band: Band  #: The band of the data cube
    labels: Mapping[str, int]  #: Its place in the data cube: positions of labels by the names of dimensions


def raster_parts(
    name: str,
    content: DataCube | Plain,
    options: Mapping[str, Any],
    *,
    ending: str,
    media_type: str,
    has_pieces: bool = False,
) -> list[FilePart]:
    """Return the files that a data cube is written to: one for each date, area and band that are asked for.

    Args:
        has_pieces: True if options may ask for files of several areas.

    Raises:
        OpenEOError: If it has no pixels.
    """
    cube = _checked(name, content)
    prefix = file_prefix(options) or _PREFIX
    parts = []
    separate = options.get("separate_asset_per_band") is True
    time = cube.of_kind("temporal")
    dates: list[tuple[Any, str]] = [(None, "")] if time is None else _dates_of(cube, time)
    pieces = pieces_of(cube, options, len(dates)) if has_pieces else [("", cube)]
    for (when, stem), (where, piece) in product(dates, pieces):
        # As CDSE names tiles of what has no time.
        start = (f"{prefix}-{where}",) if is_tiled(options) and where and not stem else (prefix, stem, where)
        dated = piece if time is None else piece.at(time.name, when)
        for band, part in _by_band(dated, separate=separate):
            file_name = "_".join(each for each in (*start, band) if each) + ending
            parts.append(
                FilePart(file_name, part, media_type, when=None if when is None else str(when), where=where)
            )
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
