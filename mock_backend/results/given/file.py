"""A file given for a result, with its metadata, and files that are broken on purpose."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.errors import FileNotFound
from mock_backend.http.content import read_range, size_of
from mock_backend.results.documents.assets import Asset
from mock_backend.results.documents.naming import (
    ending_of,
    ending_of_type,
    media_type_of,
    split_name,
    stem_for,
)
from mock_backend.results.given.content import Material, Piece, Raw, material_of
from mock_backend.results.given.request import ResultRequest

#: Function that breaks a sound file.
Damage = Callable[[Asset], Asset]


@dataclass(frozen=True, eq=False, repr=False)
class Broken:
    """A result whose files are broken on purpose."""

    result: Any
    damage: Damage  #: The function that breaks each of its files


class File:
    """A file among the results, and what is to be said of it.

    Args:
        content: Bytes, a text, a Path, what JSON can say, or a pandas, geopandas, xarray or NumPy object.
        name: Its name; by default it follows from the content and from the file format that a job asks for.
            Objects are written in the format that its ending stands for.
        media_type: Its media type, by default that of its name; whether it fits is up to you.
        title: A title for people.
        roles: Its STAC roles.

    Raises:
        TypeError: If no file can be made of the content.
        ValueError: If an argument makes no sense.
        FileNotFoundError: If the content is the path of a file that is not there.
    """

    def __init__(
        self,
        content: Any,
        *,
        name: str | None = None,
        media_type: str | None = None,
        title: str | None = None,
        roles: Sequence[str] = ("data",),
    ) -> None:
        self.name: str | None
        self._media_type: str | None
        self._title: str | None
        self._roles: tuple[str, ...]
        self._damages: tuple[Damage, ...] = ()
        while isinstance(content, Broken):
            self._damages = (content.damage, *self._damages)
            content = content.result
        if isinstance(content, File):
            self._damages = (*content._damages, *self._damages)
            self._material: Material = content._material
            name, media_type = name or content.name, media_type or content._media_type
            title, roles = title or content._title, content._roles
        else:
            self._material = material_of(content)
        if name is None and isinstance(self._material, Raw) and isinstance(self._material.content, Path):
            name = self._material.content.name
        self.name = None if name is None else checked_name(name)
        self._media_type = None if media_type is None else _checked_type(media_type)
        self._title = title
        self._roles = (roles,) if isinstance(roles, str) else tuple(roles)
        ending = ending_of(self.name or "")
        if ending and not self._takes(ending):
            can = ", ".join(f".{each}" for each in self._material.endings)
            raise ValueError(
                f"{self.name!r} cannot be written: the name of a file of such content ends in {can}."
            )

    def assets(self, asked: ResultRequest) -> Iterator[tuple[Asset, Piece]]:
        """Yield the files that are made of the content, with what went into them.

        Raises:
            OpenEOError: If it cannot be written.
        """
        ending = self._ending(asked)
        pieces = self._material.pieces(ending, asked)
        stem = asked.prefix or stem_for(ending)
        name = self.name or f"{stem}.{ending}"
        for piece in pieces:
            own = name if piece.when is None else _dated(name, piece.when)
            yield self._asset(own, ending, piece), piece

    def _asset(self, name: str, ending: str, piece: Piece) -> Asset:
        content = piece.content
        media_type = self._media_type or media_type_of(ending)
        known = {"title": self._title, "roles": self._roles, **piece.facts}
        if isinstance(content, Path):
            # It stays in the list of results when it is gone, of unknown size.
            asset = Asset(name, media_type, partial(_there, content), is_fragile=True, **known)
        else:
            asset = Asset(name, media_type, lambda: content, size=len(content), **known)
        for damage in self._damages:
            asset = damage(asset)
        return asset

    def _takes(self, ending: str) -> bool:
        return self._material.takes_any or ending in self._material.endings

    def _ending(self, asked: ResultRequest) -> str:
        material = self._material
        if self.name is not None and (said := ending_of(self.name)):
            return said
        if isinstance(material, Raw) and isinstance(material.content, Path):
            return ""
        if self._media_type is not None:
            said = ending_of_type(self._media_type) or ""
            if said and self._takes(said):
                return said
        wanted = asked.ending
        if isinstance(material, Raw) and not material.endings:
            return wanted or material.fallback
        return wanted if wanted in material.endings else material.endings[0]


def checked_name(name: Any) -> str:
    """Return a name that a file can have; folders in it are separated by slashes.

    Raises:
        ValueError: If it is none.
    """
    if (
        not isinstance(name, str)
        or not name.isprintable()
        or not name
        or "\\" in name
        or name != str(PurePosixPath(name))
    ):
        raise ValueError(
            f"The name of a file must be like 'openEO.tif' or 'folder/openEO.tif', got {name!r}."
        )
    if name.startswith("/") or ".." in name.split("/") or name == ".":
        raise ValueError(f"The name of a file leads nowhere else, as {name!r} does.")
    return name


def _dated(name: str, when: str) -> str:
    """Return a name with a date before its ending, as in ``openEO_2024-06-01Z.tif``."""
    stem, ending = split_name(name)
    day, _, time = when.partition("T")
    label = f"{day}Z" if time == "00:00:00Z" else when.replace(":", "").replace("/", "_")
    return f"{stem}_{label}{ending}"


def _checked_type(media_type: Any) -> str:
    if isinstance(media_type, str) and media_type.isascii() and media_type.isprintable():
        kind, slash, rest = media_type.partition("/")
        if kind and slash and rest:
            return media_type
    raise ValueError(f"A media type must be a str like 'image/png', got {media_type!r}.")


def _there(path: Path) -> Path:
    """Return a path that has a file; raise ``FileNotFound`` if it has none any more."""
    if not path.is_file():
        raise FileNotFound(f"The file {path}, which set_result() was given, is not there any more.")
    return path


class Nothing:
    """No results, although the job has finished."""

    def __repr__(self) -> str:
        return "no_results()"


def no_results() -> Nothing:
    """Return a result without any files, although the job has finished."""
    return Nothing()


def truncated(result: Any, at: float = 0.5) -> Broken:
    """Return a result whose files end too early.

    Args:
        result: A result as ``set_result`` takes it, or the content of a file in an ``Item``.
        at: The length of each file: a part of it between 0 and 1, or a whole number of bytes.

    Raises:
        ValueError: If that is no part of a file.
    """
    is_bytes = isinstance(at, int) and not isinstance(at, bool)
    if not (is_bytes and at >= 0) and not (isinstance(at, float) and 0 <= at < 1):
        raise ValueError(f"at must be a part of the file, e.g. 0.5, or a whole number of bytes, got {at!r}.")

    def cut(asset: Asset) -> Asset:
        def begin() -> bytes:
            content = asset.content
            size = size_of(content)
            return b"".join(read_range(content, 0, min(int(at if is_bytes else at * size), size)))

        return replace(asset, make=begin, size=None, is_fragile=True)

    return Broken(result, cut)


def empty(result: Any = b"") -> Broken:
    """Return a result whose files have no bytes, but the right names and media types.

    Args:
        result: A result that says how the files are called; by default that follows from the file format
            which a job asks for.
    """
    return Broken(result, lambda asset: replace(asset, make=bytes, size=0, measure=None))


def wrong_type(result: Any, media_type: str = "text/html") -> Broken:
    """Return a result whose files have a media type that does not fit their content.

    Args:
        result: A result as ``set_result`` takes it.
        media_type: The media type.
    """
    return Broken(result, lambda asset: replace(asset, media_type=media_type))


def missing(result: Any = b"") -> Broken:
    """Return a result whose files are listed but missing when they are downloaded.

    Args:
        result: A result that says how the files are called, as with ``empty``.
    """

    def lose(asset: Asset) -> Asset:
        def gone() -> bytes:
            raise FileNotFound(file=asset.name)

        return replace(asset, make=gone, size=None, measure=None, is_fragile=True)

    return Broken(result, lose)
