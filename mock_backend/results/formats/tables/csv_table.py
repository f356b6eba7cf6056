"""CSV: a row for each date and geometry, a column for each band."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.base import choice
from mock_backend.results.formats.labels import column_texts
from mock_backend.results.formats.spooled import written
from mock_backend.results.formats.tables.table import DATE, VALUE, Tabular, plain_columns, tables_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

#: Names in CDSE of the values of geometries in a data cube without bands.
_UNNAMED = "band_unnamed"

# The number of rows that are written at a time.
_ROWS = 1 << 16

_SEPARATORS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "SPACE": " "}


class Csv(Tabular):
    """Comma-separated values with a line of names."""

    name = "CSV"
    media_type = "text/csv"
    ending = "csv"

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes | ComputedContent:
        separator = _SEPARATORS[choice(options, "separator", _SEPARATORS, "COMMA")]
        if isinstance(content, DataCube):
            return written(lambda file: file.writelines(_lines(content, separator)), content.count)
        columns = plain_columns(content.value)
        dated = (_dated(column) if name == DATE else column for name, column in columns.items())
        return _text([columns, *zip(*dated, strict=True)], separator).encode()


def _lines(cube: DataCube, separator: str) -> Iterator[bytes]:
    """Yield the lines of a data cube, many at a time."""
    import numpy as np  # heavy, and only needed where there are values

    cells: list[NDArray[Any]] = []
    for table in tables_of(cube):
        names = [*(each.name for each in table.keys), *table.columns]
        if not cells:
            yield _text([[_name_of(name, cube) for name in names]], separator).encode()
            labels = (_dated(each.labels) if each.name == DATE else each.labels for each in table.keys)
            cells = [np.array([_cell(label, separator) for label in some], object) for some in labels]
        # A line with nothing in it would be none.
        empty = '""' if len(names) == 1 else ""
        size = max(map(len, table.columns.values()), default=0)
        for first in range(0, size, _ROWS):
            rows = slice(first, first + _ROWS)
            keys = (each[key.places[rows]].tolist() for each, key in zip(cells, table.keys, strict=True))
            values = (column_texts(column[rows], table.nodata, empty) for column in table.columns.values())
            lines = map(separator.join, zip(*keys, *values, strict=True))
            yield "".join(f"{line}\n" for line in lines).encode()


def _text(rows: Iterable[Iterable[Any]], separator: str) -> str:
    """Return the lines of rows."""
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    # As other back-ends end lines; but what is said to the writer decides what it quotes.
    return text.getvalue().replace("\r\n", "\n")


def _cell(label: Any, separator: str) -> str:
    """Return a label as it is in a line with others."""
    return _text([[label, ""]], separator)[: -len(separator) - 1]


def _dated(labels: Iterable[Any]) -> list[Any]:
    return [f"{each[:-1]}.000Z" if _SECONDS.fullmatch(str(each)) else each for each in labels]


def _name_of(column: str, cube: DataCube) -> str:
    """Return the name of a column as CDSE has it."""
    if column != VALUE:
        return column
    kinds = {each.kind for each in cube.dimensions}
    return _UNNAMED if {"geometry"} <= kinds <= {"geometry", "temporal"} else column


FORMAT = Csv()
