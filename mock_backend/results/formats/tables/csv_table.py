"""CSV: a row for each date and geometry, a column for each band."""

import csv
import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import Format
from mock_backend.results.formats.one_file import OneFile, stem
from mock_backend.results.formats.options import choice
from mock_backend.results.formats.refusals import MAX_WRITTEN
from mock_backend.results.formats.tables.table import DATE, VALUE, check_tabular, columns_of

_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

#: Names in CDSE of the values of geometries in a data cube without bands.
_UNNAMED = "band_unnamed"

_SEPARATORS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "SPACE": " "}


class Csv(OneFile):
    """Comma-separated values with a line of names."""

    name = "CSV"
    most_values: int | None = MAX_WRITTEN
    media_type = "text/csv"

    def check(self, content: DataCube | Plain) -> None:
        """Check that it makes a table."""
        check_tabular(self.name, content)

    def file_name(self, content: DataCube | Plain, options: Mapping[str, Any]) -> str:
        """Return the name of the file."""
        return f"{stem(content, options)}.csv"

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes:
        """Return the file."""
        columns = {
            _name_of(name, content): _written(name, column) for name, column in columns_of(content).items()
        }
        text = StringIO()
        separator = _SEPARATORS[choice(options, "separator", _SEPARATORS, "COMMA")]
        lines = csv.writer(text, delimiter=separator)
        lines.writerow(columns)
        lines.writerows(zip(*columns.values(), strict=True))
        # As other back-ends end lines; but what is said to the writer decides what it quotes.
        return text.getvalue().replace("\r\n", "\n").encode()


def _name_of(column: str, content: DataCube | Plain) -> str:
    """Return the name of a column as CDSE has it."""
    if column != VALUE or not isinstance(content, DataCube):
        return column
    kinds = {each.kind for each in content.dimensions}
    return _UNNAMED if {"geometry"} <= kinds <= {"geometry", "temporal"} else column


def _written(column: str, values: list[Any]) -> list[Any]:
    """Return the values of a column; instants have milliseconds, as CDSE writes them."""
    if column != DATE:
        return values
    return [f"{each[:-1]}.000Z" if _SECONDS.fullmatch(str(each)) else each for each in values]


FORMAT: Format = Csv()
