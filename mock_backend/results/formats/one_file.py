"""Formats that hold all content in one file."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.base import FilePart
from mock_backend.results.formats.options import file_prefix
from mock_backend.results.formats.refusals import MAX_HELD, check_format_size, check_installed


class OneFile(ABC):
    """A format that holds all content in one file, whose size is known when it is written."""

    name: str
    extra: str | None = None
    media_type: str
    #: The ending of the file's name, without a dot, and its stem if it has geometries.
    ending: str
    series = "timeseries"
    #: The modules that it needs and that ``extra`` installs.
    needs: tuple[str, ...] = ()
    most_values: int | None = MAX_HELD

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:
        """Return the file that content is written to."""
        # What it needs may be missing, and it may be too small: many jobs are never looked into.
        self.check(content)
        times = content.times if isinstance(content, DataCube) else ()
        when = times[0] if len(times) == 1 else None
        name, limit = self.file_name(content, options), self.limit(content)
        return [FilePart(name, content, self.media_type, when=when, most_values=limit)]

    def limit(self, content: DataCube | Plain) -> int | None:  # noqa: ARG002  # some formats look at it
        """Return the maximum number of values that a file of such content can hold; None for no limit."""
        return self.most_values

    def size(self, part: FilePart, options: Mapping[str, Any]) -> int | None:  # noqa: ARG002  # as in Format
        """Return None: the size is known when it is written."""
        return None

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return the file."""
        self.check(part.content)
        if isinstance(part.content, DataCube) and (limit := self.limit(part.content)) is not None:
            check_format_size(self.name, part.content, limit)
        check_installed(self.name, self.extra, self.needs)
        return self.written(part.content, options)

    @abstractmethod
    def check(self, content: DataCube | Plain) -> None:
        """Check that it can hold content; raise ``OpenEOError`` if it cannot; the message says what could."""

    def file_name(self, content: DataCube | Plain, options: Mapping[str, Any]) -> str:
        """Return the name of the file."""
        return f"{stem(content, options, series=self.series)}.{self.ending}"

    @abstractmethod
    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return the file of content that it can hold."""


def stem(content: DataCube | Plain, options: Mapping[str, Any], *, series: str = "timeseries") -> str:
    """Return the name of a file without its ending: as other back-ends choose it, unless options say.

    Args:
        series: The name of the file if it has geometries.
    """
    if prefix := file_prefix(options):
        return prefix
    if isinstance(content, Plain) or not content.dimensions:
        return "result"
    return series if content.of_kind("geometry") is not None else "openEO"
