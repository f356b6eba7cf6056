"""File formats as results see them: how they cut content into files, write, and refuse what they cannot."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.errors import FeatureUnsupported, OpenEOError, ProcessGraphComplexity
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.labels import file_stems

#: Maximum number of values in a file of text or a table that is made as a whole.
MAX_WRITTEN = 2**21
#: Maximum number of values in one that is written in parts to a temporary file.
MAX_SPOOLED = 2**29
#: Maximum number of values in a file that is made as a whole.
MAX_HELD = 2**26
_LONGEST_PREFIX = 100


@dataclass(frozen=True)
class FilePart:
    """Content of one file."""

    name: str  #: The name of the file
    content: DataCube | Plain  #: The part of a data cube, or the value
    media_type: str  #: The media type of the file
    when: str | None = None  #: The label of the temporal dimension that it is for, if it is for just one
    where: str = ""  #: The name of its area, if there are files for several
    most_values: int | None = None  #: The maximum number of values that the file can hold; None for no limit
    item: str = ""  #: The id of the item that it belongs to, if that does not follow from its name


class Format(Protocol):
    """A file format that results can be written in.

    Whatever is not said about a format's options in the catalogue's description has no effect.
    """

    #: Its name in the catalogue.
    name: str

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:
        """Return the files that content is written to, without looking at values.

        Raises:
            OpenEOError: If the format cannot hold such content; the message says what could.
        """

    def size(self, part: FilePart, options: Mapping[str, Any]) -> int | None:  # noqa: ARG002  # for those that know
        """Return how many bytes a file has; None if that is known when it is written."""
        return None

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes | ComputedContent:
        """Return a file; raise ``OpenEOError`` if it is too large, or a library is missing."""


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


def unsuitable(message: str) -> OpenEOError:
    """Return the error for content that a format cannot hold; its code is ``save_result``'s own."""
    return OpenEOError(message, code="FormatUnsuitable", status=400)


def check_installed(name: str, extra: str | None, modules: Iterable[str]) -> None:
    """Check that what a format needs is installed, without importing it.

    Raises:
        FeatureUnsupported: If it is not; the message says how to install it.
    """
    for module in modules:
        if find_spec(module) is None:
            raise FeatureUnsupported(
                f"Writing {name} needs {module}, which is not installed where this back-end runs: "
                f"pip install 'openeo-mock-backend[{extra}]'"
            )


def check_format_size(name: str, cube: DataCube, limit: int) -> None:
    """Check that a data cube is no larger than a format holds.

    Raises:
        ProcessGraphComplexity: If it is larger.
    """
    if cube.count > limit:
        raise ProcessGraphComplexity(
            f"A data cube of {cube.count:,} values is too large for {name}, which takes {limit:,} of them "
            "here; a smaller extent, fewer dates or bands, or a coarser resolution makes it smaller."
        )


def checked_cube(name: str, content: DataCube | Plain) -> DataCube:
    """Return content that is a data cube; raise ``OpenEOError`` if it is a mere value."""
    if isinstance(content, Plain):
        raise unsuitable(f"{name} holds data cubes, and this is none; JSON holds values of any kind.")
    return content


def choice(options: Mapping[str, Any], name: str, choices: Collection[str], default: str) -> str:
    """Return the option that is one of some words in capitals.

    Args:
        choices: The allowed values; upper and lower case do not matter.
    """
    word = options.get(name)
    return word.upper() if isinstance(word, str) and word.upper() in choices else default


def whole_option(options: Mapping[str, Any], name: str, span: range, default: int) -> int:
    """Return the option that is a whole number."""
    number = options.get(name)
    return number if isinstance(number, int) and not isinstance(number, bool) and number in span else default


def file_prefix(options: Mapping[str, Any]) -> str | None:
    """Return the option ``filename_prefix`` as far as it can be in a file's name; None if there is none."""
    given = options.get("filename_prefix")
    # Cut, since file systems take names of some 250 characters only.
    return (file_stems([given[:_LONGEST_PREFIX]])[0] or None) if isinstance(given, str) else None
