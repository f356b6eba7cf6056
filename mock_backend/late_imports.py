"""Objects by name that are imported when they are first asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

_T = TypeVar("_T")


class LateImports(Mapping[str, _T]):
    """Objects by name, each imported from its module when it is first looked up.

    Args:
        places: Module below it and name in that module, e.g. ``reducing.ndvi``, by the objects' names.
    """

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self._package = package
        self._places = places
        self._found: dict[str, _T] = {}

    def __getitem__(self, name: str) -> _T:
        if name not in self._found:
            module, _, attribute = self._places[name].rpartition(".")
            self._found[name] = getattr(import_module(f"{self._package}.{module}"), attribute)
        return self._found[name]

    def attribute(self, name: str) -> _T:
        """Return the object of a name: the ``__getattr__`` of the package."""
        if name not in self._places:
            raise AttributeError(f"module {self._package!r} has no attribute {name!r}")
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def by_module(names: Mapping[str, str]) -> dict[str, str]:
    """Return the places of objects that are called as in their modules, given the names in each module."""
    return {name: f"{module}.{name}" for module, listed in names.items() for name in listed.split()}
