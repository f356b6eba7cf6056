"""Files that may be gone when they are read."""

from dataclasses import fields
from pathlib import Path
from typing import Any, Self

from mock_backend.errors import FileNotFound
from mock_backend.results.documents.assets import Asset


class FragileAsset(Asset):
    """A file that can change or vanish: each access looks at it anew.

    It stays in the list of results when it is gone, of unknown size. Downloading it is a ``FileNotFound``.
    """

    @classmethod
    def like(cls, asset: Asset, **changes: Any) -> Self:
        """Return a file that is like another one but for some members."""
        return cls(**{each.name: getattr(asset, each.name) for each in fields(asset)} | changes)

    @property
    def checksum(self) -> str | None:
        """Its SHA-256 as a multihash in hexadecimal digits; None if it is gone."""
        try:
            return Asset(self.name, self.media_type, self.make).checksum
        except (FileNotFound, OSError):
            return None

    @property
    def length(self) -> int | None:
        """Size of its content in bytes; None if it is gone."""
        try:
            return Asset(self.name, self.media_type, self.make).length
        except (FileNotFound, OSError):
            return None


def there(path: Path) -> Path:
    """Return a path that has a file; raise ``FileNotFound`` if it has none any more."""
    if not path.is_file():
        raise FileNotFound(f"The file {path}, which set_result() was given, is not there any more.")
    return path
