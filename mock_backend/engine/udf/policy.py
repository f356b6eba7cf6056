"""The decision whether a user-defined function runs."""

import ast
import os.path
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.lifecycle.run import UdfRules


@dataclass(frozen=True)
class Verdict:
    """The decision whether a user-defined function runs."""

    code: str | None = None  #: The Python code to run; None if a stand-in takes its place
    reason: str = ""  #: Why it does not run, for the log


def decide_run(
    udf: Any,
    runtime: Any,
    rules: UdfRules,
    *,
    resolve: Callable[[str], str | None] = lambda _: None,
) -> Verdict:
    """Decide whether a user-defined function runs.

    Nothing is imported or run for it.

    Args:
        udf: The argument of ``run_udf``: code, a URL, or a path of the user's workspace.
        runtime: The name of the runtime. Those that begin with ``Python``, in any case, are this Python.
        rules: The rules.
        resolve: Returns the code that is at a URL or path, None if it is not known.

    Raises:
        UdfFailure: If functions must run, and modules that this one needs are not installed.
    """
    if rules.run is False:
        return Verdict(reason="user-defined functions do not run here (run_udfs)")
    if not str(runtime).casefold().startswith("python"):
        return Verdict(reason=f"the runtime {runtime!r} is not available, only Python is")
    if not isinstance(udf, str):
        return Verdict(reason=f"udf must be a str with code, got {type(udf).__name__}")
    code: str | None = udf
    if is_reference(udf):
        code = resolve(udf.strip())
        if code is None:
            return Verdict(reason=f"there is no code known at {udf.strip()!r}")
    missing = missing_from(code or "")
    if not missing:
        folders = [] if rules.run else _missing_archives(code or "", rules.archives)
        if folders:
            return Verdict(reason=f"not in the working directory: {', '.join(folders)}")
        return Verdict(code=code)
    reason = f"not installed: {', '.join(missing)}"
    if rules.run:
        raise UdfFailure(
            "UDF exception while evaluating processing graph. Please check your user defined functions. "
            f"ModuleNotFoundError: {reason}. Install that, or let a stand-in take the place of functions "
            "that cannot run (run_udfs=None)."
        )
    return Verdict(reason=reason)


def is_reference(udf: str) -> bool:
    """Tell whether a text is a URL or a path of code instead of code."""
    text = udf.strip()
    if not text or "\n" in text:
        return False
    return text.startswith(("http://", "https://")) or (
        not any(each in text for each in "()=;:#") and text.endswith((".py", ".R", ".r", ".cwl"))
    )


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


def _missing_archives(code: str, folders: Iterable[str]) -> list[str]:
    """Return the folders of archives whose files code reads, and that are not in the working directory.

    A folder that code only adds to ``sys.path`` counts by the modules that it imports.
    """
    # Unlike that of ``Path``, this takes names that no folder can have.
    wanted = [folder for folder in folders if not os.path.isdir(folder)]
    if not wanted:
        return []
    try:
        texts = list(_texts(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Running it tells what is wrong with it.
        return []
    return [
        folder
        for folder in wanted
        if any(re.search(rf"(?:^|/){re.escape(folder)}(?:/|$)", text) for text in texts)
    ]


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts in code that may be paths: not docstrings, nor those of the search for modules."""
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_search = isinstance(node, ast.Call) and ast.unparse(node.func).startswith("sys.path.")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not (is_docstring or is_search):
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)
