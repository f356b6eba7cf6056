"""Scripts and notebooks: read, and executed as the main program."""

import ast
import asyncio
import inspect
import json
import linecache
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from mock_backend.dataclass import dataclass


class ProgramError(Exception):
    """A file is no program."""


@dataclass(frozen=True)
class Program:
    """A script, or the cells of a notebook."""

    path: Path
    parts: tuple[tuple[str, str], ...]  #: Names and sources of what is executed as a whole, in their order
    left_out: tuple[str, ...] = ()  #: The lines that are not Python, and not executed

    @property
    def is_notebook(self) -> bool:
        """True if it is a notebook."""
        return self.path.suffix == ".ipynb"


def read_program(path: Path) -> Program:
    """Return the program in a file.

    Raises:
        OSError: If the file cannot be read.
        ProgramError: If it is no Python file and no notebook in Python.
    """
    if path.suffix != ".ipynb":
        try:
            return Program(path, ((str(path), decode_source(path.read_bytes())),))
        except (SyntaxError, ValueError) as error:
            raise ProgramError(f"{path} is not a Python file: {error}") from None
    try:
        notebook = json.loads(path.read_bytes())
        cells = [each for each in notebook["cells"] if each["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, LookupError, TypeError) as error:
        raise ProgramError(f"{path} is not a Jupyter notebook: {error!r}") from None
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise ProgramError(f"{path} is a notebook in {language}, not in Python.")
    left_out: list[str] = []
    parts = tuple(
        (f"{path}[cell {number}]", _plain(source, left_out)) for number, source in enumerate(sources, 1)
    )
    return Program(path, parts, tuple(left_out))


def execute(program: Program, arguments: Sequence[str], after_part: Callable[[], None]) -> int:
    """Execute a program as the main one, and print its traceback if it fails; return its exit status."""
    for line in program.left_out:
        print(f"mock-backend: left out, as it is not Python: {line}", file=sys.stderr)
    main = ModuleType("__main__")
    main.__dict__.update(__builtins__=__builtins__)
    if program.is_notebook:
        main.__dict__["display"] = _display
    else:
        main.__file__ = str(program.path)
    kept = sys.argv, sys.path[:], sys.modules["__main__"]
    sys.argv = [str(program.path), *arguments]
    sys.path.insert(0, str(program.path.resolve().parent))
    sys.modules["__main__"] = main
    try:
        for name, source in program.parts:
            _execute(name, source, main, is_notebook=program.is_notebook)
            after_part()
    except SystemExit as error:
        return _status_of(error)
    except BaseException as error:
        _print_traceback(error)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    finally:
        sys.argv, sys.path[:], sys.modules["__main__"] = kept
    return 0


def _execute(name: str, source: str, main: ModuleType, *, is_notebook: bool) -> None:
    if is_notebook:
        # Where tracebacks look for lines.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_notebook else 0
    code: CodeType = compile(source, name, "exec", flags=flags, dont_inherit=True)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, main.__dict__))  # noqa: S307  # the program's own code
    else:
        exec(code, main.__dict__)  # noqa: S102  # the program's own code


def _print_traceback(error: BaseException) -> None:
    # Without the frames of this module.
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    sys.stdout.flush()
    traceback.print_exception(type(error), error, trace)


def _status_of(error: SystemExit) -> int:
    if isinstance(error.code, int | None):
        return error.code or 0
    print(error.code, file=sys.stderr)
    return 1


def _display(*values: Any, **_: Any) -> None:
    """Stand in for what notebooks show values with."""
    for value in values:
        print(repr(value))


#: Magics of whole cells that only wrap Python code.
_WRAPPING = ("%%time", "%%timeit", "%%capture", "%%prun")
#: Lines that measure the Python code in them: ``%time x = f()``.
_MEASURING = re.compile(r"(?P<indent>\s*)%(?:time|timeit|prun)\s+(?:-[nr]\s*\d+\s+|-\S+\s+)*(?P<code>\S.*)")
#: A line that is for IPython, perhaps with a name that gets the result: ``!ls``, ``%matplotlib inline``,
#: ``names = !ls``, ``?len``, ``len?``.
_MAGIC = re.compile(r"(?P<indent>\s*)(?:[!%?]|(?P<name>[\w, ]+?)\s*=\s*[!%]|[\w.]+\?{1,2}\s*$)")


def _plain(source: str, left_out: list[str]) -> str:
    """Return a cell's source without what is for IPython; lines keep their numbers."""
    lines = source.split("\n")
    head = next((line.strip() for line in lines if line.strip()), "")
    if head.startswith("%%") and not head.startswith(_WRAPPING):
        left_out.append(f"{head} …" if len(lines) > 1 else head)
        return ""
    try:
        ast.parse(source)
    except SyntaxError:
        pass
    else:
        return source  # lines that look like magics are inside of texts
    plain: list[str] = []
    goes_on = False
    for line in lines:
        found = _MAGIC.match(line)
        measured = _MEASURING.fullmatch(line)
        if goes_on:
            plain.append("")
        elif measured is not None:
            plain.append(measured["indent"] + measured["code"])
            continue
        elif found is None:
            plain.append(line)
            continue
        else:
            left_out.append(line.strip())
            value = f"{found['name'].strip()} = None" if found["name"] else "pass"
            plain.append(found["indent"] + value)
        goes_on = line.rstrip().endswith("\\")
    return "\n".join(plain)
