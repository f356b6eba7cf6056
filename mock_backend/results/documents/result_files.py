"""From the outcome of a process graph to files, each of which is made when it is read."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from mock_backend.cache import Kept
from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.workers import Workers, computed_by
from mock_backend.engine.cubes import DataCube, Dimension
from mock_backend.engine.steps import Outcome, Plain, Saved
from mock_backend.engine.steps.areas import bounds_of
from mock_backend.errors import OpenEOError
from mock_backend.lifecycle import Work
from mock_backend.results import formats
from mock_backend.results.documents.assets import Asset, Content, Product, ResultItem
from mock_backend.results.documents.naming import name_apart, split_name
from mock_backend.results.formats.base import FilePart, Format
from mock_backend.results.formats.rasters import Layer, layers_of
from mock_backend.results.formats.spooled import Spooled

#: Maximum size in bytes of the files kept for the next reader, in all back-ends of a process.
_MOST_KEPT = 128 << 20
#: A larger file is kept alone: clients read it part by part, and each part would take all of its values.
_LARGEST_KEPT = 1 << 30

#: The same of temporary files; the largest one is as large as any.
_MOST_SPOOLED, _LARGEST_SPOOLED = 4 << 30, 1 << 60

#: The pixels of a tile.
_TILE = 1 << 16

_RASTER, _VECTOR, _TEXT = "GTiff", "GeoJSON", "JSON"

_numbers = count()


class Production:
    """The files that a process graph produces.

    Whether they can be is found out at once; all else waits for the first read.

    Args:
        outcome: The outcome of the graph, short of the values.
        certain: True if no part of the graph could change the data in unknown ways, as functions of users do.

    Raises:
        OpenEOError: If a file format cannot hold what is to be saved in it, as far as that is certain.
    """

    def __init__(self, outcome: Outcome, *, certain: bool = True, workers: Workers | None = None) -> None:
        self.outcome = outcome
        self._workers = workers or Workers()
        self._number = next(_numbers)
        self._cubes = [each.content for each in outcome.saved if isinstance(each.content, DataCube)]
        self._bands: dict[tuple[int, tuple[str, ...]], tuple[Band, ...]] = {}
        self._files = [file for saved in outcome.saved for file in _files_of(saved, certain=certain)]
        _name_apart(self._files)

    @property
    def size(self) -> int:
        """Approximate size of the files in bytes."""
        return sum(file.size for file in self._files)

    @cached_property
    def work(self) -> Work:
        """The amount of data that is processed."""
        # Of rasters no more than a tile is at hand.
        at_hand = (
            each.count if each.grid is None else each.input_count * min(1, _TILE / each.grid.pixels)
            for each in self._cubes
        )
        return Work(
            read=self.outcome.input_pixels,
            written=sum(each.count for each in self._cubes),
            memory=round(8 * max(at_hand, default=0)),
        )

    @property
    def effort(self) -> int:
        """The number of values that are computed to have all files, about."""
        return sum(each.effort for each in {id(each): each for each in self._cubes}.values())

    @property
    def obstacles(self) -> dict[str, str]:
        """Why files cannot be made although everything else of the job can, by their names."""
        return {
            file.part.name: f"its {file.part.content.count:,} values are too many for {file.format.name}, "
            f"which holds {file.part.most_values:,} here"
            for file in self._files
            if file.part.most_values is not None
            and isinstance(file.part.content, DataCube)
            and file.part.content.count > file.part.most_values
        }

    @cached_property
    def product(self) -> Product:
        """The files as items of assets."""
        # Files of one time and place are one item, whatever they are called.
        groups: dict[tuple[Any, ...], list[_File]] = {}
        for file in self._files:
            content = file.part.content
            place = (
                content.grid.bounds if isinstance(content, DataCube) and content.grid is not None else None
            )
            groups.setdefault((file.item, file.part.when, place), []).append(file)
        items: dict[str, list[_File]] = {}
        for (item_id, *_), files in groups.items():
            items[name_apart(item_id, items.__contains__)] = files
        return Product(
            lasts=True,
            items=tuple(self._item(item_id, files) for item_id, files in items.items()),
            dimensions={
                each.name: _described(each, cube) for cube in self._cubes[:1] for each in cube.dimensions
            },
        )

    def _item(self, item_id: str, files: "list[_File]") -> ResultItem:
        content = files[0].part.content
        cube = content if isinstance(content, DataCube) else None
        return ResultItem(
            item_id,
            tuple(map(self._asset, files)),
            bbox=None if cube is None else _bbox_of(cube),
            interval=(None, None) if cube is None else _interval_of(cube, files[0].part.when),
        )

    def _asset(self, file: "_File") -> Asset:
        part = file.part
        if isinstance(part.content, DataCube) and part.content.grid is not None:
            from mock_backend.engine.sources.memory import remembered  # heavy, as values are

            # The file and its statistics are made of the same values.
            part = replace(part, content=remembered(part.content))
        content = part.content

        def make() -> Content:
            with computed_by(self._workers):
                key = self._number, part.name
                return _kept.get(
                    key, lambda: _spooled.get(key, lambda: file.format.write(part, file.options))
                )

        facts: dict[str, Any] = {"values": content.input_count} if isinstance(content, DataCube) else {}
        if isinstance(content, DataCube) and content.grid is not None:
            layers, cube = _layers(content, file.format.name), content
            facts |= {
                "grid": content.grid,
                "bands": self._bands_of(content, layers),
                "measure": lambda: _statistics(cube, layers),
            }
        size = file.format.size(part, file.options)
        return Asset(part.name, part.media_type, make, size=size, **facts)

    def _bands_of(self, cube: DataCube, layers: Sequence[Layer]) -> tuple[Band, ...]:
        """Return the bands of a file; files that are alike share them."""
        key = id(cube.bands), tuple(layer.name for layer in layers)
        if (bands := self._bands.get(key)) is None:
            # All bands of a file are of one data type, and have one value where there are no data.
            kind, nodata = cube.data_type, cube.nodata
            bands = self._bands[key] = tuple(
                replace(layer.band, name=layer.name, data_type=kind, nodata=nodata) for layer in layers
            )
        return bands


@dataclass(frozen=True)
class _File:
    format: Format
    part: FilePart
    options: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Size in bytes; before it is written, that of its values."""
        known = self.format.size(self.part, self.options)
        content = self.part.content
        if known is None and isinstance(content, DataCube):
            return content.count * (8 if content.data_type.endswith("64") else 4)
        return known or 0

    @property
    def item(self) -> str:
        """The id of the item that it belongs to: files of one date go together."""
        if self.part.item:
            return self.part.item
        if self.part.when is None:
            stem, ending = split_name(self.part.name)
            # Clients save an item beside its files as a JSON file that has its id for a name.
            return f"{stem}-json" if ending.lower() == ".json" else stem
        # Clients that save the results make it the name of a file.
        when = re.sub(r"[^\w.-]+", "-", self.part.when.removesuffix("T00:00:00Z"))
        return f"{when}_{self.part.where}" if self.part.where else when


def _described(dimension: Dimension, cube: DataCube) -> dict[str, Any]:
    """Return a dimension of a data cube as STAC's ``cube:dimensions`` have it."""
    kind, labels = dimension.kind, list(dimension.labels or ())
    if kind == "spatial" and cube.grid is not None and dimension.labels is None:
        grid = cube.grid
        across = dimension.axis == "x"
        return {
            "type": "spatial",
            "axis": dimension.axis or "x",
            "extent": [grid.west, grid.east] if across else [grid.south, grid.north],
            "step": grid.x_size if across else grid.y_size,
            "reference_system": grid.epsg or grid.crs,
        }
    if kind == "temporal":
        instants = [each for each in labels if isinstance(each, str) and each[:4].isdecimal() and "T" in each]
        return {
            "type": "temporal",
            "extent": [instants[0], instants[-1]] if instants else list(cube.period),
            "values": labels,
        }
    if kind == "geometry":
        described: dict[str, Any] = {"type": "geometry"}
        box = _bbox_of(cube)
        return described | ({"bbox": list(box)} if box else {})
    return {"type": "bands" if kind == "bands" else "other", "values": labels}


def _files_of(saved: Saved, *, certain: bool) -> list[_File]:
    content = saved.content
    name = saved.format
    if name is None:
        name = _unless_told(content)
    found: Format = formats.find_format(name) or formats.Unwritten(name)
    try:
        parts = found.parts(content, saved.options)
    except OpenEOError:
        if certain:
            raise
        found = formats.Unwritten(name)
        parts = found.parts(content, saved.options)
    return [_File(found, part, saved.options) for part in parts]


def _unless_told(content: DataCube | Plain) -> str:
    """Return the format of what a graph does not save."""
    if isinstance(content, DataCube) and content.grid is not None:
        return _RASTER
    if isinstance(content, DataCube) and [each.kind for each in content.dimensions] == ["geometry"]:
        return _VECTOR
    return _TEXT


def _name_apart(files: list[_File]) -> None:
    """Give files of one name, saved at several places of a graph, names of their own."""
    given, taken, numbers = {file.part.name for file in files}, set[str](), Counter[str]()
    for place, file in enumerate(files):
        name = file.part.name
        if name in taken:
            name = name_apart(name, lambda each: each in given or each in taken, numbers)
            files[place] = replace(file, part=replace(file.part, name=name))
        taken.add(name)


def _bbox_of(cube: DataCube) -> tuple[float, float, float, float] | None:
    if cube.grid is not None:
        return cube.grid.bbox
    bounds = bounds_of(cube.geometries)
    if bounds is None:
        return None
    west, south, east, north = (round(side, 9) for side in bounds)
    return west, south, east, north


def _interval_of(cube: DataCube, when: str | None) -> tuple[str | None, str | None]:
    if when is not None and "T" in when:
        return when, when
    return cube.period if when is None else cube.spans.get(when, cube.period)


#: Other content that is no bytes is made piece by piece where it is read.
_kept: Kept[Content] = Kept(
    _MOST_KEPT, lambda made: len(made) if isinstance(made, bytes) else None, largest=_LARGEST_KEPT
)
_spooled: Kept[Content] = Kept(
    _MOST_SPOOLED, lambda made: made.size if isinstance(made, Spooled) else None, largest=_LARGEST_SPOOLED
)


def forget_files() -> None:
    """Make every file anew when it is read next."""
    _kept.clear()
    _spooled.clear()


#: Formats that have a band for each combination of labels, and those that have a variable for each band.
_WITH_LAYERS, _WITH_VARIABLES = ("GTiff",), ("netCDF", "Zarr")


def _layers(cube: DataCube, format_name: str) -> list[Layer]:
    """Return the bands of a file; pictures and texts have none, as their numbers are others."""
    if format_name in _WITH_LAYERS:
        return layers_of(cube)
    if format_name not in _WITH_VARIABLES:
        return []
    found = cube.of_kind("bands")
    if found is None:
        return [Layer(cube.bands[0].name, cube.bands[0], {})]
    labelled = zip(found.labels or (), cube.bands, strict=True)
    return [Layer(str(label), band, {found.name: place}) for place, (label, band) in enumerate(labelled)]


def _statistics(cube: DataCube, layers: Sequence[Layer]) -> tuple[Mapping[str, float], ...]:
    from mock_backend.engine.core.file_values import Values  # heavy, as its values are
    from mock_backend.landscape.sensors import statistics_of

    if not layers:
        return ()
    values = Values(cube).array()
    places = (tuple(layer.labels.get(each.name, slice(None)) for each in cube.dimensions) for layer in layers)
    return tuple(statistics_of(values[place], cube.nodata) for place in places)
