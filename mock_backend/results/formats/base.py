"""File format as results see it: how it cuts content into files, and how it writes one."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent


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
