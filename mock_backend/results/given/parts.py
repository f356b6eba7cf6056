"""What somebody puts results together from: files and items."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from mock_backend.catalog.instants import read_instant, write_instant
from mock_backend.results.assets import Asset, ResultItem
from mock_backend.results.coverage import box_around
from mock_backend.results.extent import BBox, around
from mock_backend.results.given.asked import Asked
from mock_backend.results.given.fragile import FragileAsset, there
from mock_backend.results.given.materials import Json, Material, Piece, Raw, material_of
from mock_backend.results.given.naming import (
    ending_of,
    ending_of_type,
    media_type_of,
    name_apart,
    split_name,
    stem_for,
)

#: What makes a broken file of a sound one.
Damage = Callable[[Asset], Asset]

When = str | date | Sequence[str | date | None]


class Broken:
    """A result whose files are broken on purpose.

    Args:
        result: The sound result.
        damage: What makes a broken file of each of its files.
    """

    def __init__(self, result: Any, damage: Damage) -> None:
        self.result = result
        self.damage = damage


class File:
    """A file among the results, and what is to be said of it.

    Args:
        content: Bytes, a text, a Path, what JSON can say, or a pandas, geopandas, xarray or NumPy object.
        name: Its name; by default it follows from the content and from the file format that a job asks for.
            Objects are written in the format that its ending stands for.
        media_type: Its media type, by default that of its name; whether it fits is up to you.
        title: What people call it.
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
        if ending and not self._material.takes(ending):
            can = ", ".join(f".{each}" for each in self._material.endings)
            raise ValueError(
                f"{self.name!r} cannot be written: the name of a file of such content ends in {can}."
            )

    def assets(self, asked: Asked) -> Iterator[tuple[Asset, Piece]]:
        """Yield the files that are made of the content, with what went into them.

        Raises:
            OpenEOError: If it cannot be written.
        """
        ending = self._ending(asked)
        pieces = self._material.pieces(ending, asked)
        stem = asked.prefix or stem_for(ending)
        name = self.name or f"{stem}.{ending}"
        for piece in pieces:
            own = name if piece.when is None else dated(name, piece.when)
            yield self._asset(own, ending, piece), piece

    def _asset(self, name: str, ending: str, piece: Piece) -> Asset:
        content = piece.content
        media_type = self._media_type or media_type_of(ending)
        known = {"title": self._title, "roles": self._roles, **piece.facts}
        asset: Asset
        if isinstance(content, Path):
            asset = FragileAsset(name, media_type, lambda: there(content), **known)
        else:
            asset = Asset(name, media_type, lambda: content, size=len(content), **known)
        for damage in self._damages:
            asset = damage(asset)
        return asset

    def _ending(self, asked: Asked) -> str:
        material = self._material
        if self.name is not None and (said := ending_of(self.name)):
            return said
        if isinstance(material, Raw) and isinstance(material.content, Path):
            return ""
        if self._media_type is not None:
            said = ending_of_type(self._media_type) or ""
            if said and material.takes(said):
                return said
        wanted = asked.ending
        if not material.endings:
            return wanted or material.fallback
        return wanted if wanted in material.endings else material.endings[0]


class Item:
    """Files of one place and time; they become a STAC Item.

    Args:
        assets: The files by their names: contents as ``File`` takes them, or ``File`` objects. Or a list of
            files that have names, e.g. of Paths.
        id: Its id; by default it follows from the name of its first file.
        datetime: Its time: an instant or a day as RFC 3339 text, date or datetime, or first and last
            instant; by default what the process graph asks for.
        bbox: West, south, east and north in degrees; by default where the files are, as far as they tell,
            or what the process graph asks for.
        geometry: Its GeoJSON geometry, or an object with ``__geo_interface__``.
        properties: More properties.

    Raises:
        TypeError: If no file can be made of something.
        ValueError: If an argument makes no sense.
        FileNotFoundError: If there is no file at a path.
    """

    def __init__(
        self,
        assets: Mapping[str, Any] | Sequence[Any],
        *,
        id: str | None = None,  # noqa: A002  # STAC's word
        datetime: When | None = None,
        bbox: Sequence[float] | None = None,
        geometry: Any = None,
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        self.files = tuple(_files(assets))
        check_names(each.name for each in self.files if each.name is not None)
        if id is not None and (not isinstance(id, str) or not id):
            raise ValueError(f"The id of an item is a text, not {id!r}.")
        self.id = id
        self._interval = None if datetime is None else _interval(datetime)
        self._geometry = None if geometry is None else _json(geometry, "geometry")
        self._bbox = None if bbox is None else _box(bbox)
        if self._bbox is None and self._geometry is not None:
            self._bbox = around(self._geometry)
        self._properties = {} if properties is None else _json(dict(properties), "properties")

    def result_item(self, asked: Asked, taken: Collection[str] = ()) -> ResultItem:
        """Return the item with its files.

        Args:
            asked: What the job asks for.
            taken: The ids of other items.

        Raises:
            OpenEOError: If a file cannot be written.
        """
        made = [each for file in self.files for each in file.assets(asked)]
        assets = tuple(asset for asset, _ in made)
        return ResultItem(
            name_apart(self.id or split_name(assets[0].name)[0], lambda name: name in taken),
            assets,
            bbox=self._bbox or box_around(piece.bbox for _, piece in made) or asked.extent.bbox,
            geometry=self._geometry,
            interval=self._interval or asked.interval,
            properties=self._properties,
        )


def checked_name(name: Any) -> str:
    """Return a name that a file can have; folders in it are separated by slashes.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(name, str) or not name or "\\" in name or name != str(PurePosixPath(name)):
        raise ValueError(f"A file is called like 'openEO.tif' or 'folder/openEO.tif', not {name!r}.")
    if name.startswith("/") or ".." in name.split("/") or name == ".":
        raise ValueError(f"The name of a file leads nowhere else, as {name!r} does.")
    return name


def check_names(names: Any) -> None:
    """Check that names are all different.

    Raises:
        ValueError: If they are not.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"Two files are called {name!r}; each file of a result has a name of its own.")
        seen.add(name)


def _files(assets: Any) -> Iterator[File]:
    if isinstance(assets, Mapping) and assets:
        for name, content in assets.items():
            yield File(content, name=checked_name(name))
        return
    if isinstance(assets, list | tuple) and assets:
        for content in assets:
            file = content if isinstance(content, File) else File(content)
            if file.name is None:
                raise ValueError(
                    "Files in a list need names: give Paths, File(…, name='a.tif'), or a dict of contents by "
                    "their names."
                )
            yield file
        return
    raise ValueError(
        "The assets of an item are contents by their names, e.g. {'openEO.tif': Path('data/openEO.tif')}, at "
        f"least one, not {assets!r}."
    )


def dated(name: str, when: str) -> str:
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
    raise ValueError(f"A media type is a text like 'image/png', not {media_type!r}.")


def _interval(when: Any) -> tuple[str | None, str | None]:
    if isinstance(when, list | tuple):
        if len(when) != 2 or not any(when):
            raise ValueError(f"A time is an instant, or first and last instant, not {when!r}.")
        start, end = (None if each is None else _instant(each) for each in when)
        if start is not None and end is not None and start > end:
            raise ValueError(f"A time cannot end before it begins: {when!r}.")
        return start, end
    instant = _instant(when)
    return instant, instant


def _instant(when: Any) -> str:
    if isinstance(when, str):
        try:
            return write_instant(read_instant(when))
        except ValueError as error:
            raise ValueError(f"In the time of an item, {error}.") from None
    if isinstance(when, datetime):
        return write_instant(when if when.tzinfo is not None else when.replace(tzinfo=UTC))
    if isinstance(when, date):
        return write_instant(datetime(when.year, when.month, when.day, tzinfo=UTC))
    raise ValueError(f"The time of an item is a text like '2024-06-01', a date or a datetime, not {when!r}.")


def _box(bbox: Any) -> BBox:
    try:
        west, south, east, north = (float(each) for each in bbox)
    except (TypeError, ValueError):
        raise ValueError(f"A bbox is west, south, east and north in degrees, not {bbox!r}.") from None
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(f"A bbox is west, south, east and north in degrees; {bbox!r} is no place on earth.")
    return west, south, east, north


def _json(value: Any, what: str) -> Any:
    value = getattr(value, "__geo_interface__", value)
    try:
        return json.loads(Json.of(value).content)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The {what} of an item is what JSON can say: {error}.") from None
