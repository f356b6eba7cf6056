"""CSV: a row for each date and geometry, a column for each band."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import Format
from mock_backend.results.formats.one_file import OneFile, stem
from mock_backend.results.formats.options import choice
from mock_backend.results.formats.refusals import MAX_WRITTEN
from mock_backend.results.formats.tables.table import DATE, VALUE, check_tabular, plain_columns, table_of

_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

#: Names in CDSE of the values of geometries in a data cube without bands.
_UNNAMED = "band_unnamed"

# The number of rows that are written at a time.
_ROWS = 1 << 16

_SEPARATORS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "SPACE": " "}


class Csv(OneFile):
    """Comma-separated values with a line of names."""

    name = "CSV"
    most_values: int | None = 4 * MAX_WRITTEN
    media_type = "text/csv"

    def check(self, content: DataCube | Plain) -> None:
        """Check that it makes a table."""
        check_tabular(self.name, content)

    def file_name(self, content: DataCube | Plain, options: Mapping[str, Any]) -> str:
        """Return the name of the file."""
        return f"{stem(content, options)}.csv"

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes:
        """Return the file."""
        written = BytesIO()
        separator = _SEPARATORS[choice(options, "separator", _SEPARATORS, "COMMA")]
        for number, columns in enumerate(_parts(content)):
            text = StringIO()
            lines = csv.writer(text, delimiter=separator)
            if not number:
                lines.writerow([_name_of(name, content) for name in columns])
            lines.writerows(zip(*columns.values(), strict=True))
            # As other back-ends end lines; but what is said to the writer decides what it quotes.
            written.write(text.getvalue().replace("\r\n", "\n").encode())
        return written.getvalue()


def _parts(content: DataCube | Plain) -> Iterator[dict[str, list[Any]]]:
    """Yield the columns of some rows after the other; instants have milliseconds, as CDSE writes them."""
    if isinstance(content, Plain):
        columns = plain_columns(content.value)
        yield {name: _dated(column) if name == DATE else column for name, column in columns.items()}
        return
    table = table_of(content)
    keys = (replace(each, labels=_dated(each.labels)) if each.name == DATE else each for each in table.keys)
    table = replace(table, keys=tuple(keys))
    for first in range(0, max(table.rows, 1), _ROWS):
        yield table.as_lists(slice(first, first + _ROWS))


def _dated(labels: Iterable[Any]) -> list[Any]:
    return [f"{each[:-1]}.000Z" if _SECONDS.fullmatch(str(each)) else each for each in labels]


def _name_of(column: str, content: DataCube | Plain) -> str:
    """Return the name of a column as CDSE has it."""
    if column != VALUE or not isinstance(content, DataCube):
        return column
    kinds = {each.kind for each in content.dimensions}
    return _UNNAMED if {"geometry"} <= kinds <= {"geometry", "temporal"} else column


FORMAT: Format = Csv()
