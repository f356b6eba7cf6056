"""Archives whose files the user-defined functions of a job find in folders."""

import ast
import os.path
import re
from collections.abc import Iterable, Iterator


def missing_archives(code: str, folders: Iterable[str]) -> list[str]:
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
