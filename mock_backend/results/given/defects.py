"""Results that are broken on purpose."""

from dataclasses import replace
from typing import Any

from mock_backend.errors import FileNotFound
from mock_backend.http.content import read_range, size_of
from mock_backend.results.documents.assets import Asset
from mock_backend.results.given.file import Broken


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
