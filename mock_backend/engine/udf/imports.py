"""The modules that Python code needs, found without importing or running anything."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec

_SCRIPT_BLOCK = re.compile(r"^# /// script\s*$", re.MULTILINE)
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def missing_from(code: str) -> tuple[str, ...]:
    """Return the modules and packages that code needs and that are not installed.

    These are the modules it imports, in functions, too, but not where it catches that they are missing; and
    the packages that its block of dependencies (``# /// script``) names, whatever their versions.
    """
    needed = [each for each in imports_of(code) if not _is_module(each)]
    return (*needed, *(each for each in _dependencies_of(code) if not _is_package(each)))


@lru_cache(maxsize=64)
def imports_of(code: str) -> tuple[str, ...]:
    """Return the names of the modules that code imports, in its order; none if it cannot be parsed."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Running it tells what is wrong with it.
        return ()
    return tuple(dict.fromkeys(_imported(tree.body)))


def _imported(statements: list[ast.stmt]) -> Iterator[str]:
    for each in statements:
        if isinstance(each, ast.Import):
            yield from (alias.name for alias in each.names)
        elif isinstance(each, ast.ImportFrom):
            if each.module is not None and not each.level:
                yield each.module
        elif isinstance(each, ast.Try) and any(map(_catches_missing, each.handlers)):
            yield from _imported(each.finalbody)
        elif isinstance(each, ast.If) and ast.unparse(each.test).endswith("TYPE_CHECKING"):
            yield from _imported(each.orelse)
        else:
            for name in ("body", "orelse", "finalbody"):
                yield from _imported(getattr(each, name, []))
            for handler in (*getattr(each, "handlers", ()), *getattr(each, "cases", ())):
                yield from _imported(handler.body)


def _catches_missing(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(each, ast.Name) and each.id in _IMPORT_ERRORS for each in caught)


def _is_module(name: str) -> bool:
    """Tell whether a module can be found; for one in a package ``find_spec`` would import the package."""
    if name in sys.modules:
        return sys.modules[name] is not None
    first, *rest = name.split(".")
    try:
        spec = find_spec(first)
        for count in range(1, len(rest) + 1):
            if spec is None or spec.submodule_search_locations is None:
                return False
            whole = ".".join((first, *rest[:count]))
            spec = PathFinder.find_spec(whole, list(spec.submodule_search_locations))
    except (ImportError, ValueError):
        return False
    return spec is not None


def _dependencies_of(code: str) -> list[str]:
    if _SCRIPT_BLOCK.search(code) is None:
        return []
    from openeo.udf.run_code import extract_udf_dependencies

    try:
        return [str(each) for each in extract_udf_dependencies(code) or []]
    except ValueError as error:
        return [f"dependencies that can be read ({error})"]


def _is_package(requirement: str) -> bool:
    found = re.match(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", requirement)
    try:
        return found is not None and distribution(found[0]) is not None
    except PackageNotFoundError:
        return found is not None and _is_module(found[0])
