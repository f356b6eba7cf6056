"""Formats that hold all content in one file."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.base import FilePart, Format
from mock_backend.results.formats.options import file_prefix
from mock_backend.results.formats.refusals import MAX_HELD, check_format_size, check_installed, checked_cube


class OneFile(Format):
    """A format that holds all content in one file, whose size is known when it is written."""

    media_type: str
    #: The ending of the file's name, without a dot, and its stem if it has geometries.
    ending: str
    series = "timeseries"
    #: The modules that it needs, and the extra of this package that installs them.
    needs: tuple[str, ...] = ()
    extra: str | None = None
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

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return the file."""
        self.check(part.content)
        if isinstance(part.content, DataCube) and (limit := self.limit(part.content)) is not None:
            check_format_size(self.name, part.content, limit)
        check_installed(self.name, self.extra, self.needs)
        return self.written(part.content, options)

    def check(self, content: DataCube | Plain) -> None:
        """Check that it can hold content; raise ``OpenEOError`` if it cannot; the message says what could."""
        checked_cube(self.name, content)

    def file_name(self, content: DataCube | Plain, options: Mapping[str, Any]) -> str:
        """Return the name of the file: as other back-ends choose it, unless options say."""
        if prefix := file_prefix(options):
            stem = prefix
        elif isinstance(content, Plain) or not content.dimensions:
            stem = "result"
        else:
            stem = "openEO" if content.of_kind("geometry") is None else self.series
        return f"{stem}.{self.ending}"

    @abstractmethod
    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return the file of content that it can hold."""
