"""An item given for a result: files of one place and time."""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.results.documents.assets import ResultItem
from mock_backend.results.documents.extent import BBox, around, box_around
from mock_backend.results.documents.naming import name_apart, split_name
from mock_backend.results.given.content import JsonContent
from mock_backend.results.given.file import Broken, File, checked_name
from mock_backend.results.given.request import ResultRequest

#: Files that file managers leave behind.
_CLUTTER = ("Thumbs.db", "desktop.ini")

When = str | date | Sequence[str | date | None]


class Item:
    """Files of one place and time; they become a STAC Item.

    Args:
        assets: The files by their names: contents as ``File`` takes them, or ``File`` objects. Or a file that
            has a name, e.g. a Path; a list of such files; or the Path of a folder.
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
        assets: Mapping[str, Any] | Sequence[Any] | os.PathLike[str] | File | Broken,
        *,
        id: str | None = None,  # noqa: A002  # STAC's word
        datetime: When | None = None,
        bbox: Sequence[float] | None = None,
        geometry: Any = None,
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        #: Its files.
        self.files = tuple(_files(assets))
        check_different(each.name for each in self.files if each.name is not None)
        if id is not None and (not isinstance(id, str) or not id):
            raise ValueError(f"The id of an item must be a str, got {id!r}.")
        self.id = id
        self._interval = None if datetime is None else _interval(datetime)
        self._geometry = None if geometry is None else _json(geometry, "geometry")
        self._bbox = None if bbox is None else _box(bbox)
        if self._bbox is None and self._geometry is not None:
            self._bbox = around(self._geometry)
        self._properties = {} if properties is None else _json(dict(properties), "properties")

    def result_item(self, asked: ResultRequest, taken: Collection[str] = ()) -> ResultItem:
        """Return the item with its files.

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


def check_different(names: Iterable[str]) -> None:
    """Check that names are all different; raise ``ValueError`` if they are not."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"Two files are called {name!r}; each file of a result has a name of its own.")
        seen.add(name)


def files_in(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their paths in it; hidden ones are left out.

    Raises:
        FileNotFoundError: If there is no such folder, or none in it.
    """
    inside = sorted(folder.rglob("*")) if folder.is_dir() else []
    found = {path.relative_to(folder).as_posix(): path for path in inside if path.is_file()}
    shown = {
        name: path
        for name, path in found.items()
        if path.name not in _CLUTTER and not any(part.startswith(".") for part in name.split("/"))
    }
    if not shown:
        raise FileNotFoundError(f"The result folder {folder} has no files.")
    return shown


def _files(assets: Any) -> Iterator[File]:
    if isinstance(assets, os.PathLike) and Path(assets).is_dir():
        assets = files_in(Path(assets).absolute())
    if isinstance(assets, os.PathLike | File | Broken):
        assets = [assets]
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
        "The assets of an item must be contents by their names, at least one, "
        f"e.g. {{'openEO.tif': Path('data/openEO.tif')}}, got {assets!r}."
    )


def _interval(when: Any) -> tuple[str | None, str | None]:
    if isinstance(when, list | tuple):
        if len(when) != 2 or not any(when):
            raise ValueError(f"A time must be an instant, or first and last instant, got {when!r}.")
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
    raise ValueError(
        f"The time of an item must be a str like '2024-06-01', a date or a datetime, got {when!r}."
    )


def _box(bbox: Any) -> BBox:
    with suppress(TypeError, ValueError):
        west, south, east, north = (float(each) for each in bbox)
        if -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90:
            return west, south, east, north
    raise ValueError(f"A bbox must be west, south, east and north in degrees, got {bbox!r}.")


def _json(value: Any, what: str) -> Any:
    value = getattr(value, "__geo_interface__", value)
    try:
        return json.loads(JsonContent(value).content)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The {what} of an item is what JSON can say: {error}.") from None
