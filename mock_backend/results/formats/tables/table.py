"""Content as a table: a row for each combination of labels, a column for each band."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import MAX_SPOOLED, OneFile, unsuitable
from mock_backend.results.formats.labels import unique_names, with_none
from mock_backend.results.formats.layout import arranged_parts, by_variable, is_raster, variable_labels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DATE = "date"
FEATURE_INDEX = "feature_index"
VALUE = "value"


@dataclass(frozen=True)
class Keys:
    """The columns that say what a row is about: one for each dimension but that of bands."""

    name: str  #: The name of the column
    kind: str  #: The kind of the dimension
    labels: Sequence[Any]
    places: "NDArray[np.intp]"  #: The place of each row's label among them


@dataclass(frozen=True)
class CubeTable:
    """A table of a data cube."""

    keys: tuple[Keys, ...]  #: The columns that say what a row is about
    columns: "Mapping[str, NDArray[Any]]"  #: The values of each band by its name
    nodata: float | None  #: The value that says that there is none

    def as_lists(self) -> dict[str, list[Any]]:
        """Return the columns as lists, with None where there are no data."""
        return {each.name: [each.labels[place] for place in each.places.tolist()] for each in self.keys} | {
            name: with_none(column, self.nodata) for name, column in self.columns.items()
        }


class Tabular(OneFile):
    """A format that holds tables."""

    most_values = MAX_SPOOLED

    def check(self, content: DataCube | Plain) -> None:
        """Check that content can be a table, as every value can; raise ``OpenEOError`` if it is a raster."""
        if isinstance(content, DataCube) and is_raster(content):
            raise unsuitable(
                f"{self.name} holds tables, and this data cube is a raster: aggregate_spatial makes a table "
                "of it; netCDF and GTiff hold rasters."
            )


def tables_of(cube: DataCube) -> Iterator[CubeTable]:
    """Yield a data cube with its values as tables of some rows; these go by time first, then by geometry.

    Yields:
        At least one table; all have the same columns.
    """
    import numpy as np  # heavy, and only needed where there are values

    dimensions, names = by_variable(cube), key_names(cube)
    key_labels = [_key_labels(cube, each) for each in dimensions]
    columns = unique_names(variable_labels(cube, default=VALUE), names)
    for first, values in arranged_parts(cube):
        sizes = values.shape[:-1]
        rows = math.prod(sizes)
        places = np.indices(sizes).reshape(len(sizes), rows)
        places[:1] += first
        keys = tuple(
            Keys(name, each.kind, labels, place)
            for name, each, labels, place in zip(names, dimensions, key_labels, places, strict=True)
        )
        flat = values.reshape(rows, len(columns))
        yield CubeTable(keys, dict(zip(columns, flat.T, strict=True)), cube.nodata)


def key_names(cube: DataCube) -> list[str]:
    """Return the names of the columns that say what a row of a data cube's table is about."""
    return unique_names(map(_key_name, by_variable(cube)))


def plain_columns(value: Any) -> dict[str, list[Any]]:
    """Return a value that is no data cube as the columns of a table.

    An object is one row, a list a row for each element; what is deeper is written as JSON.
    """
    rows = [_row(each) for each in value] if isinstance(value, list) else [_row(value)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [row.get(name) for row in rows] for name in names}


def _row(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(name): _cell(each) for name, each in value.items()}
    if isinstance(value, list):
        return {str(place): _cell(each) for place, each in enumerate(value)}
    return {VALUE: value}


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | Mapping) else value


def _key_name(dimension: Dimension) -> str:
    return {"temporal": DATE, "geometry": FEATURE_INDEX}.get(dimension.kind, dimension.name)


def _key_labels(cube: DataCube, dimension: Dimension) -> Sequence[Any]:
    if dimension.kind == "geometry":
        return range(cube.sizes[dimension.name])
    if is_horizontal(dimension) and cube.grid is not None:
        positions = cube.grid.ys if dimension.axis == "y" else cube.grid.xs
        listed: list[float] = positions.tolist()
        return listed
    return dimension.labels or ()
