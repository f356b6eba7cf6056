"""Do something right after a module has been imported."""

import sys
from collections.abc import Callable, Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class AfterImport(MetaPathFinder):
    """Tell of imports of some modules, while it is the first one in ``sys.meta_path``.

    Args:
        tell: Is told the name of a module that has just been imported.
    """

    def __init__(self, modules: Collection[str], tell: Callable[[str], None]) -> None:
        self._modules = modules
        self._tell = tell

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what another finder finds, with a loader that tells."""
        if name not in self._modules:
            return None
        others = (getattr(each, "find_spec", None) for each in sys.meta_path if each is not self)
        found = (find(name, path, target) for find in others if find is not None)
        spec = next((each for each in found if each is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec, spec.loader, self._tell)
        return spec


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
