"""Materials of files: bytes, texts, files, JSON, and objects of other libraries."""

import json
import os
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import UnknownCrsError
from mock_backend.engine.given_data.files.geotiff_facts import geotiff_facts
from mock_backend.results.documents.extent import BBox, around
from mock_backend.results.documents.naming import endings_in, endings_of_json, is_text
from mock_backend.results.given.request import ResultRequest

#: Kinds of results, for messages.
KINDS = (
    "bytes, a text, a Path to a file or folder, what JSON can say (dict, list, number, bool, None), a "
    "pandas, geopandas, xarray or NumPy object, a shapely geometry, a File, an Item, a list of Items or "
    "Paths, or a function of the process graph that returns one of these"
)


@dataclass(frozen=True)
class Piece:
    """Content of one file."""

    content: bytes | Path  #: Its content; a path is read where it is wanted
    when: str | None = None  #: The date it is for, if it is one of several
    bbox: BBox | None = None  #: West, south, east and north of it in degrees, if they are known
    facts: Mapping[str, Any] = field(default_factory=dict)  #: More about it: members of ``Asset``


class Material:
    """Material of a file."""

    #: Endings of its files, the most natural first; none if it could be anything.
    endings: tuple[str, ...]
    #: True if the name of its file may have other endings than these, too.
    takes_any = False

    @abstractmethod
    def pieces(self, ending: str, asked: ResultRequest, /) -> Sequence[Piece]:
        """Return what goes into its files: as a rule just one.

        Raises:
            OpenEOError: If it cannot be written; the message says what would be right.
        """


class Raw(Material):
    """Content as it is.

    Args:
        content: The content, or where it is: then the ending is that of the name there.
    """

    takes_any = True

    def __init__(self, content: bytes | Path) -> None:
        self.content = content
        self.endings = endings_in(content) if isinstance(content, bytes) else ()

    @property
    def fallback(self) -> str:
        """Ending of its name if neither it nor the job determines one."""
        return "txt" if isinstance(self.content, bytes) and is_text(self.content) else "bin"

    def pieces(self, ending: str, _asked: ResultRequest) -> Sequence[Piece]:
        """Return the content, with what a GeoTIFF tells of itself."""
        facts = geotiff_facts(self.content) if ending == "tif" else None
        if facts is None:
            return [Piece(self.content)]
        try:
            bbox = None if facts.grid is None else facts.grid.bbox
        except UnknownCrsError:
            return [Piece(self.content, facts={"bands": facts.bands})]
        return [Piece(self.content, bbox=bbox, facts={"grid": facts.grid, "bands": facts.bands})]


class JsonContent(Material):
    """JSON value, as it is now.

    Raises:
        TypeError: If JSON cannot say it.
        ValueError: If it contains itself.
    """

    takes_any = True  # as the text of many formats

    def __init__(self, value: Any) -> None:
        self.content = json.dumps(value, default=_plain).encode()
        self.endings = endings_of_json(value)
        # As JSON has it: positions may be tuples before.
        self.bbox = around(json.loads(self.content)) if "geojson" in self.endings else None

    def pieces(self, _ending: str, _asked: ResultRequest) -> Sequence[Piece]:
        """Return the text."""
        return [Piece(self.content, bbox=self.bbox)]


def material_of(value: Any) -> Material:
    """Return what files can be made of a value, as it is now.

    Raises:
        TypeError: If no file can be made of it.
        ValueError: If none follows from it, e.g. from a text that seems to be meant as a path.
        FileNotFoundError: If it is the path of a file that is not there.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return Raw(bytes(value))
    if isinstance(value, str):
        return Raw(value.encode())
    if isinstance(value, os.PathLike):
        return Raw(existing_file(Path(value)))
    if (library := _library_of(value)) is not None:
        return library(value)
    value = getattr(value, "__geo_interface__", value)
    if value is None or isinstance(value, dict | list | tuple | int | float):
        try:
            return JsonContent(value)
        except (TypeError, ValueError, RecursionError) as error:
            raise TypeError(
                f"This {type(value).__name__} is to be JSON, which cannot say it: {error}. Several files are "
                "an Item: Item({'a.tif': Path(…), 'b.csv': frame})."
            ) from None
    raise TypeError(f"A result must be {KINDS}, got {type(value).__name__}.")


def existing_file(path: Path) -> Path:
    """Return the whole path of a file.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If it is a folder.
    """
    whole = path.absolute()
    if whole.is_dir():
        raise ValueError(f"{whole} is a folder; give it as the whole result, and files by their own paths.")
    if not whole.is_file():
        raise FileNotFoundError(f"The result file {whole} does not exist.")
    return whole


def is_of(value: Any, library: str, *names: str) -> bool:
    """Tell whether a value is of a class of a library, without importing the library."""
    return any(
        each.__module__.partition(".")[0] == library and each.__name__ in names
        for each in type(value).__mro__
    )


def _library_of(value: Any) -> Callable[[Any], Material] | None:
    """Return what makes material of objects of other libraries; these are imported by whoever has some."""
    if is_of(value, "pandas", "DataFrame", "Series"):  # those of geopandas are such, too
        from mock_backend.results.given.frames import FrameContent

        return FrameContent
    if is_of(value, "xarray", "DataArray", "Dataset"):
        from mock_backend.results.given.cubes import XarrayContent

        return XarrayContent
    if is_of(value, "numpy", "ndarray", "generic"):
        from mock_backend.results.given.arrays import Array

        return Array
    return None


def _plain(value: Any) -> Any:
    """Return what JSON can say in the place of what it cannot."""
    if is_of(value, "numpy", "ndarray", "generic"):
        return value.tolist()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"it contains {type(value).__name__}")
