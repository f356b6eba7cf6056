"""Replace names in modules of libraries for a while: at once, or when a module is imported."""

import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

from mock_backend.dataclass import dataclass

_INHERITED = object()


@dataclass(frozen=True)
class PatchPoint:
    """A name in a module of a library that waits, tells the time or sends requests.

    Args:
        package: The distribution it belongs to.
        module: The module.
        attribute: The name in it; a dot leads to an attribute of an object.
        stand_in: Makes the replacement from the original.
        original: The original that must be there, if it can be known.
        lack: What cannot be done without it, and what would come of that.
    """

    package: str
    module: str
    attribute: str
    stand_in: Callable[[Any], Any]
    original: Any = None
    lack: str = "to put on the virtual clock: its waits would be real"

    def find(self) -> tuple[Any, str, Any]:
        """Return owner, attribute and value; raise ``RuntimeError`` if the library has moved it."""
        try:
            # Waits for another thread that is importing it: until then it has no such name.
            owner: Any = importlib.import_module(self.module)
            path, _, name = self.attribute.rpartition(".")
            if path:
                owner = getattr(owner, path)
            value = getattr(owner, name)
        except (ImportError, AttributeError):
            value = None
        if value is None or self.original not in (None, value):
            raise RuntimeError(
                f"{self.package} {_version_of(self.package)} has no `{self.module}.{self.attribute}` "
                f"{self.lack}. Install a version that this package supports, or update this package."
            )
        return owner, name, value


class Patches(MetaPathFinder):
    """Put stand-ins in the place of names of libraries, and the names back.

    Args:
        points: Those in modules that are imported at once.
        late: Those in modules that are patched when they are imported.
    """

    def __init__(self, points: Sequence[PatchPoint], late: Sequence[PatchPoint] = ()) -> None:
        self._points, self._late = points, late
        self._replaced: list[tuple[Any, str, Any, Any]] = []
        #: Modules whose import is waited for.
        self._awaited: list[str] = []

    def install(self) -> None:
        """Replace the names in modules that are imported already, and in others at their import.

        Raises:
            RuntimeError: If a library has moved a patch point.
        """
        if self._replaced:
            return  # a thread has kept them here
        self._awaited = [point.module for point in self._late if point.module not in sys.modules]
        try:
            for point in (*self._points, *self._late):
                if point.module not in self._awaited:
                    self._replace(point)
        except RuntimeError:
            self.uninstall()
            raise
        if self._awaited:
            sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Put everything back."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        while self._replaced:
            owner, name, original, stand_in = self._replaced.pop()
            if vars(owner).get(name) is not stand_in:
                continue  # other mocks have put something in its place, or back
            if original is _INHERITED:
                delattr(owner, name)
            else:
                setattr(owner, name, original)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what another finder finds of a module that is waited for, with a loader that tells of it."""
        if name not in self._awaited:
            return None
        others = (getattr(each, "find_spec", None) for each in sys.meta_path if each is not self)
        found = (find(name, path, target) for find in others if find is not None)
        spec = next((each for each in found if each is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec, spec.loader, self.imported)
        return spec

    def imported(self, module: str) -> None:
        """Replace the names in a module that has just been imported."""
        if self in sys.meta_path:
            for point in self._late:
                if point.module == module:
                    self._replace(point)

    def _replace(self, point: PatchPoint) -> None:
        owner, name, original = point.find()
        stand_in = point.stand_in(original)
        # An attribute that the object has from its class is put back by deleting ours.
        self._replaced.append((owner, name, vars(owner).get(name, _INHERITED), stand_in))
        setattr(owner, name, stand_in)


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


class _Telling(Loader):
    def __init__(self, spec: ModuleSpec, loader: Loader, tell: Callable[[str], None]) -> None:
        self._spec, self._loader, self._tell = spec, loader, tell

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # From here on the module is as if nothing had come between.
        self._spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._tell(self._spec.name)
