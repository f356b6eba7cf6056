"""From a given result to the files of a job."""

import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.errors import Internal, OpenEOError
from mock_backend.results.documents.assets import Asset, Product, ResultItem
from mock_backend.results.documents.naming import split_name
from mock_backend.results.given.content import KINDS, is_of
from mock_backend.results.given.file import Broken, Damage, File, Nothing
from mock_backend.results.given.item import Item, check_different, files_in
from mock_backend.results.given.request import ResultRequest


@dataclass(frozen=True)
class Given:
    """A given result."""

    #: Returns the files that a job produces; raises ``OpenEOError``, which says what would be right, if they
    #: cannot be made
    product: Callable[[ResultRequest], Product]
    #: True if its files are the same whenever they are made, so that a log can tell of them before
    is_settled: bool = True


def given_of(result: Any, *, name: str | None = None, media_type: str | None = None) -> Given:
    """Return a given result as it is now.

    Args:
        result: See ``MockBackend.set_result``.

    Raises:
        TypeError: If it can be no result.
        ValueError: If something about it makes no sense.
        FileNotFoundError: If it is a path at which there is nothing.
    """
    if isinstance(result, Broken):
        sound = given_of(result.result, name=name, media_type=media_type)
        return Given(lambda asked: _damaged(sound.product(asked), result.damage), sound.is_settled)
    if is_function(result):
        takes = _arguments_of(result)

        def called(asked: ResultRequest) -> Product:
            return _made_by(result, (asked.job.process_graph, asked.job)[:takes], name, media_type, asked)

        return Given(called, is_settled=False)
    several = _several(result)
    if several is None:
        file = File(_not_a_path(result), name=name, media_type=media_type)
        return Given(partial(_of_file, file))
    if name is not None or media_type is not None:
        raise ValueError("name and media_type go with a single file; give File(…) objects for several ones.")
    return several


def _of_file(file: File, asked: ResultRequest) -> Product:
    """Return one file; or one for each date, as an item of its own, if the content is cut into such files."""
    items: list[ResultItem] = []
    for asset, piece in file.assets(asked):
        interval = asked.interval if piece.when is None else (piece.when, piece.when)
        bbox = piece.bbox or asked.extent.bbox
        items.append(ResultItem(split_name(asset.name)[0], (asset,), bbox=bbox, interval=interval))
    return Product(tuple(items))


def _of_items(items: Iterable[Item], asked: ResultRequest) -> Product:
    """Return several items with their files."""
    made: dict[str, ResultItem] = {}
    for item in items:
        each = item.result_item(asked, made)
        made[each.id] = each
    try:
        check_different(asset.name for item in made.values() for asset in item.assets)
    except ValueError as error:
        raise Internal(str(error)) from None
    return Product(tuple(made.values()))


def _of_folder(folder: Path, asked: ResultRequest) -> Product:
    """Return the files that are in a folder now, as one item."""
    try:
        item = Item(files_in(folder))
    except OSError as error:
        raise Internal(str(error)) from None
    return _of_items([item], asked)


def _made_by(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    name: str | None,
    media_type: str | None,
    asked: ResultRequest,
) -> Product:
    """Call a function, and return the files that follow from what it returns."""
    try:
        result = function(*arguments)
    except OpenEOError:
        raise  # meant for the client
    except Exception as error:
        raise Internal(
            f"The function {_name_of(function)} that set_result() was given failed: "
            f"{type(error).__name__}: {error}"
        ) from error
    try:
        if result is None:
            raise TypeError("it is None; for no files at all there is no_results().")
        if is_function(result):
            raise TypeError(f"it returns a function, not {KINDS}.")
        return given_of(result, name=name, media_type=media_type).product(asked)
    except (TypeError, ValueError, OSError) as error:
        raise Internal(
            f"What the function {_name_of(function)} returned, which set_result() was given, is no "
            f"result: {error}"
        ) from error


def _damaged(sound: Product, damage: Damage) -> Product:
    """Return a product with all its files broken on purpose."""

    def broken(assets: tuple[Asset, ...]) -> tuple[Asset, ...]:
        return tuple(map(damage, assets))

    items = tuple(replace(each, assets=broken(each.assets)) for each in sound.items)
    return replace(sound, items=items, assets=broken(sound.assets))


def is_function(value: Any) -> bool:
    """Tell whether a value is meant to be called for the result."""
    if not callable(value) or hasattr(value, "__geo_interface__"):
        return False
    return not is_of(value, "xarray", "DataArray", "Dataset")


def _several(result: Any) -> Given | None:
    """Return a result that may have several files, None for everything else."""
    if isinstance(result, Nothing):
        return Given(lambda _: Product(()))
    if isinstance(result, Item):
        return Given(partial(_of_items, [result]))
    if isinstance(result, os.PathLike) and Path(result).is_dir():
        folder = Path(result).absolute()
        files_in(folder)
        return Given(partial(_of_folder, folder), is_settled=False)
    if isinstance(result, list | tuple):
        if result and all(isinstance(each, Item) for each in result):
            check_different(file.name for each in result for file in each.files if file.name is not None)
            return Given(partial(_of_items, tuple(result)))
        if any(isinstance(each, File | Broken | os.PathLike) for each in result):
            return Given(partial(_of_items, [Item(result)]))
        if any(isinstance(each, Item) for each in result):
            raise TypeError("A list has Items only, or files only: put the files into an Item, too.")
    return None


def _not_a_path(result: Any) -> Any:
    """Return a result, unless it is a text that seems to be the path of a file."""
    # The text "data/june.tif" is hardly meant as a result, and many write a path so.
    if isinstance(result, str) and len(result) < 1000 and "\n" not in result and Path(result).suffix:
        try:
            is_path = Path(result).is_file()
        except (OSError, ValueError):
            is_path = False
        if is_path:
            raise ValueError(
                f"There is a file {result!r}: give Path({result!r}) for its content, or File({result!r}) for "
                "this text."
            )
    return result


def _arguments_of(function: Callable[..., Any]) -> int:
    """Return how many arguments a function takes.

    Raises:
        TypeError: If it does not take what it would get.
    """
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{_name_of(function)} is asynchronous; a function for results is a plain one.")
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    required = [
        each for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    ]
    variable = any(each.kind is each.VAR_POSITIONAL for each in required)
    needed = [each for each in required if each.kind is not each.VAR_POSITIONAL]
    if len(needed) > 2 or any(each.kind is each.KEYWORD_ONLY for each in needed):
        raise TypeError(
            f"{_name_of(function)} takes {', '.join(each.name for each in needed)}; a function for results "
            "takes the process graph, and if it likes the job."
        )
    return max(len(needed), 1) if variable else len(needed)


def _name_of(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", None) or repr(function)
