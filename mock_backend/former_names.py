"""Former names of packages, so that imports of earlier versions go on working."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_ROOT = "mock_backend."
#: The new names by the former ones, of what the guide has told users to import.
_NEW = {
    "content": "http.content",
    "models": "api.models",
    "register": "api.register",
    "validation": "processes.validation",
}


class _FormerNames(MetaPathFinder, Loader):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  # the signature of a finder
        target: ModuleType | None = None,  # noqa: ARG002  # likewise
    ) -> ModuleSpec | None:
        """Return what loads a module by its former name; None for all other names."""
        if not fullname.startswith(_ROOT):
            return None
        room, *rest = fullname.removeprefix(_ROOT).split(".")
        if room not in _NEW:
            return None
        return ModuleSpec(fullname, self, origin=".".join((_ROOT + _NEW[room], *rest)))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that has this former name."""
        assert spec.origin is not None  # as find_spec has told it
        module = import_module(spec.origin)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give back what it was loaded by, which is its new name."""
        assert module.__spec__ is not None  # as create_module was given it
        module.__spec__ = module.__spec__.loader_state


def install() -> None:
    """Let packages be imported by their former names."""
    if not any(isinstance(each, _FormerNames) for each in sys.meta_path):
        # First, since the packages would find their modules a second time by these names.
        sys.meta_path.insert(0, _FormerNames())
