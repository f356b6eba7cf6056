"""The values of a data cube."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mock_backend.cubes import DataCube, Dimension
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.synthesis.given import given_values
from mock_backend.synthesis.landscape import Landscape
from mock_backend.synthesis.lattice import Lattice, Positions, first_nodes
from mock_backend.synthesis.mask import Mask, geometry_of
from mock_backend.synthesis.painter import Painter
from mock_backend.synthesis.scene import Scene
from mock_backend.synthesis.season import season_between, season_of

#: How many values are computed at once at most.
MAX_VALUES = 2**26

# Planes are computed in strips of so many pixels.
_STRIP = 2**18
# More places are not looked at at once: what is at hand in between would not fit where it is fast.
_NODES = 2**14
# So many scenes are kept for the next band or date.
_SCENES = 20
# Data types whose values are computed with 24 digits; all others need more.
_NARROW = {"uint8", "int8", "uint16", "int16", "float16", "float32"}
# Where something is that has no place.
_NOWHERE = (10.0, 48.0)


class Values:
    """The values of a data cube, computed where they are looked at.

    They follow from the place, the time, the band and a seed: cubes that show the same place show the same
    landscape.

    Args:
        cube: The data cube.
        seed: What decides the landscape.
    """

    def __init__(self, cube: DataCube, seed: int) -> None:
        self.cube = cube
        self.data_type = np.dtype(cube.data_type)
        self._seed = seed
        self._scenes: dict[Any, tuple[Scene, NDArray[np.bool_] | None]] = {}
        self._painters: dict[int, Painter] = {}
        axes = {} if cube.grid is None else {each.axis: each for each in cube.dimensions if _is_axis(each)}
        self._y, self._x = axes.get("y"), axes.get("x")
        self._places = None if axes else cube.of_kind("geometry")

    def array(self) -> NDArray[Any]:
        """Return all values: an array of the cube's shape and data type.

        Raises:
            ProcessGraphComplexity: If they are more than ``MAX_VALUES``.
        """
        if self.cube.count > MAX_VALUES:
            raise ProcessGraphComplexity(
                f"A data cube of {self.cube.count:,} values is too large to be held as a whole, which may "
                f"have {MAX_VALUES:,} of them here; a smaller extent, fewer dates or bands, or a coarser "
                "resolution makes it smaller."
            )
        if (given := given_values(self.cube)) is not None:
            return given
        values = np.empty(self.cube.shape, self.data_type)
        names = [each.name for each in self.cube.dimensions]
        ends = [each for each in (self._y, self._x, self._places) if each is not None]
        planes = np.moveaxis(values, [names.index(each.name) for each in ends], range(-len(ends), 0))
        others = [each for each in self.cube.dimensions if each not in ends]
        places = list(product(*(range(self.cube.sizes[each.name]) for each in others)))
        for rows, (scene, inside) in self._strips():
            for place in places:
                labels = {each.name: position for each, position in zip(others, place, strict=True)}
                plane = self._plane(labels, scene, inside)
                if self._y is not None:
                    planes[place][rows] = plane if self._x is not None else plane[:, 0]
                elif self._x is not None or self._places is not None:
                    planes[place] = plane.reshape(-1)
                else:
                    planes[place] = plane.item()
        return values

    def window(self, labels: Mapping[str, int], rows: slice, columns: slice) -> NDArray[Any]:
        """Return the values of some pixels, rows by columns, for one label of each other dimension.

        Args:
            labels: The positions of the labels by the names of the other dimensions; the first if missing.
            rows: The rows; with a step if only some are wanted.
            columns: The columns, likewise.
        """
        if self.cube.grid is None:
            raise ValueError("Only data cubes with a grid have windows.")
        return self.sampled(
            labels,
            np.arange(*rows.indices(self.cube.grid.rows)),
            np.arange(*columns.indices(self.cube.grid.columns)),
        )

    def sampled(self, labels: Mapping[str, int], rows: Positions, columns: Positions) -> NDArray[Any]:
        """Return the values of the pixels where some rows and columns meet.

        Args:
            labels: As for ``window``.
            rows: The positions of the rows, ascending.
            columns: The positions of the columns, ascending.
        """
        assert self.cube.grid is not None  # what has windows has a grid
        nodes = Lattice(self.cube.grid, rows, columns).count
        if nodes <= _NODES or len(rows) == 1:
            return self._plane(labels, *self._seen(rows, columns))
        parts = np.array_split(rows, min(-(-nodes // _NODES), len(rows)))
        return np.concatenate([self._plane(labels, *self._seen(part, columns)) for part in parts])

    def cheapest(self, step: int) -> tuple[int, int]:
        """Return the first row and column from which on every so many are computed with the least effort.

        Args:
            step: The distance of rows and of columns; both returned are smaller.
        """
        return (0, 0) if self.cube.grid is None else first_nodes(self.cube.grid, step)

    def hiding(self, cube: DataCube, labels: Mapping[str, int], scene: Scene) -> NDArray[np.bool_] | None:
        """Return where another cube has nothing if this one masks it; None if this one does not hide that.

        Args:
            cube: The other one.
            labels: The positions of its labels.
            scene: What its pixels show.
        """
        found = {}
        for dimension in self.cube.dimensions:
            if not dimension.labels:
                continue
            label = dimension.labels[0]
            if dimension.kind != "bands" or len(dimension.labels) > 1:
                own = next((each for each in cube.dimensions if each.name == dimension.name), None)
                if own is None or not own.labels:
                    return None
                label = own.labels[labels.get(own.name, 0)]
            if label not in dimension.labels:
                return None
            found[dimension.name] = dimension.labels.index(label)
        plane = self._plane(found, scene, None)
        hidden: NDArray[np.bool_] = plane != 0
        if self.cube.nodata is not None:
            hidden &= ~np.isnan(plane) if math.isnan(self.cube.nodata) else plane != self.cube.nodata
        return hidden

    def _strips(self) -> Iterator[tuple[slice, tuple[Scene, NDArray[np.bool_] | None]]]:
        grid = self.cube.grid
        if grid is None or (self._y is None and self._x is None):
            yield slice(None), (self._places_seen(), self._places_with_data())
            return
        # An axis that the cube has not is looked at in its middle.
        columns = np.arange(grid.columns) if self._x is not None else np.array([grid.columns // 2])
        if self._y is None:
            yield slice(None), self._seen(np.array([grid.rows // 2]), columns)
            return
        height = max(_STRIP // len(columns), 1)
        for first in range(0, grid.rows, height):
            rows = np.arange(first, min(first + height, grid.rows))
            yield slice(first, first + height), self._seen(rows, columns)

    def _seen(self, rows: Positions, columns: Positions) -> tuple[Scene, NDArray[np.bool_] | None]:
        """Return what some pixels show, and which of them have data; None if all have."""
        key = rows.tobytes(), columns.tobytes()
        found = self._scenes.get(key)
        if found is None:
            if len(self._scenes) >= _SCENES:
                self._scenes.clear()
            assert self.cube.grid is not None  # those who call have looked
            lattice = Lattice(self.cube.grid, rows, columns)
            scene = Scene(Landscape(self._seed, *lattice.degrees(), lattice.spacing), lattice)
            inside = None if self._mask is None else self._mask.within(lattice)
            found = self._scenes[key] = scene, None if inside is None or inside.all() else inside
        return found

    def _places_seen(self) -> Scene:
        """Return what is at the geometries, or nowhere."""
        places = [_NOWHERE]
        if self._places is not None:
            points = [geometry_of(each).representative_point() for each in self.cube.geometries]
            places = [_NOWHERE if each.is_empty else (each.x, each.y) for each in points]
            places += [_NOWHERE] * (self.cube.sizes[self._places.name] - len(places))
        longitudes, latitudes = np.round(np.array(places, np.float64).reshape(-1, 2), 7).T
        return Scene(Landscape(self._seed, longitudes.copy(), latitudes.copy(), 0))

    def _places_with_data(self) -> NDArray[np.bool_] | None:
        """Return which geometries are where there were pixels; None if all are."""
        seen = self.cube.seen
        if self._places is None or seen is None or seen[0] > seen[2]:
            return None
        shapes = [geometry_of(each) for each in self.cube.geometries]
        shapes += [shapely.Point()] * (self.cube.sizes[self._places.name] - len(shapes))
        found: NDArray[np.bool_] = shapely.intersects(shapely.box(*seen), shapes)
        return found

    @cached_property
    def _mask(self) -> Mask | None:
        grid = self.cube.grid
        if grid is None or self.cube.within is None:
            return None
        return Mask(self.cube.within, grid)

    @cached_property
    def _masks(self) -> list[tuple["Values", float | None]]:
        # Looked at where this cube has pixels, whatever they have been resampled to since.
        return [
            (Values(replace(each.cube, grid=self.cube.grid), self._seed), each.value)
            for each in self.cube.masks
        ]

    def _plane(
        self, labels: Mapping[str, int], scene: Scene, inside: NDArray[np.bool_] | None
    ) -> NDArray[Any]:
        nothing = 0 if self.cube.nodata is None else self.cube.nodata
        if inside is not None and not inside.any():
            return np.full(inside.shape, nothing, self.data_type)
        band, season, key = 0, None, []
        for dimension in self.cube.dimensions:
            if not dimension.labels:
                continue
            position = labels.get(dimension.name, 0)
            if dimension is self._places:
                continue
            label = str(dimension.labels[position])
            if dimension.kind == "bands":
                # All bands of a date show the same picture, or their indices would not be theirs.
                band = position
                continue
            # What the dimension of time is called makes no difference.
            key.append((dimension.name if dimension.kind == "other" else dimension.kind, label))
            if dimension.kind == "temporal":
                span = self.cube.spans.get(label)
                season = season_of(label) if span is None else season_between(*span)
        season = season or season_between(*self.cube.period)
        plane = self._painter(band).paint(scene, season, str(sorted(key)))
        for mask, value in self._masks:
            hidden = mask.hiding(self.cube, labels, scene)
            if hidden is not None:
                np.copyto(plane, nothing if value is None else value, where=hidden, casting="unsafe")
        if inside is not None:
            np.copyto(plane, nothing, where=~inside, casting="unsafe")
        return plane

    def _painter(self, band: int) -> Painter:
        found = self._painters.get(band)
        if found is None:
            bands = self.cube.bands
            found = Painter(bands[min(band, len(bands) - 1)], self.data_type, self.cube.nodata)
            self._painters[band] = found
        return found


def _is_axis(dimension: Dimension) -> bool:
    return dimension.kind == "spatial" and dimension.axis in ("x", "y") and dimension.labels is None
