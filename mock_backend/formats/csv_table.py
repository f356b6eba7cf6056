"""CSV: a row for each date and geometry, a column for each band."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from mock_backend.cubes import DataCube
from mock_backend.formats.base import Format
from mock_backend.formats.one_file import OneFile, stem
from mock_backend.formats.options import choice
from mock_backend.formats.refusals import MAX_WRITTEN
from mock_backend.formats.tables import check_tabular, columns_of
from mock_backend.outcomes import Plain

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

    def written(self, content: DataCube | Plain, options: Mapping[str, Any], seed: int) -> bytes:
        """Return the file."""
        columns = columns_of(content, seed)
        text = StringIO()
        separator = _SEPARATORS[choice(options, "separator", _SEPARATORS, "COMMA")]
        lines = csv.writer(text, delimiter=separator)
        lines.writerow(columns)
        lines.writerows(zip(*columns.values(), strict=True))
        # As other back-ends end lines; but what is said to the writer decides what it quotes.
        return text.getvalue().replace("\r\n", "\n").encode()


FORMAT: Format = Csv()
