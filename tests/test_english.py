"""Docstrings say what things are in the words of a reference: noun phrases and imperatives."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ["mock_backend", "fixtures", "benchmarks"]
CODE = [*PRODUCT, "tests", "docs"]
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]

#: Questions in the place of names.
QUESTION = re.compile(r"(?:What|Whether|Who|Whose|Where|When|Which|How)\b")
#: Subjects that hide who or how many.
VAGUE = re.compile(r"(?:\b|_)(?:no|some|any|every)body|\bso many\b", re.IGNORECASE)


def modules(folders: Sequence[str] = CODE) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def docstrings(tree: ast.AST) -> Iterator[str]:
    """Yield the docstrings of modules, classes, functions and attributes."""
    # Statements only: a walk through all expressions takes several times as long.
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        for name in ("body", "orelse", "finalbody", "handlers"):
            inner = getattr(node, name, None)
            for each in inner if isinstance(inner, list) else ():
                if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                    yield str(each.value.value)
                nodes.append(each)


#: Functions that implement one thing in several places: a process of numbers and of data cubes, a hook.
SHARED = {"predict_curve", "install"}


def test_functions_and_classes_have_names_of_their_own():
    owners = defaultdict(list)
    for module in modules(["mock_backend", "fixtures"]):
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                owners[node.name].append(str(module.relative_to(ROOT)))
    found = {name: places for name, places in owners.items() if len(places) > 1 and name not in SHARED}
    assert not found, "Say in the names what differs."


@pytest.mark.parametrize("folder", CODE)
def test_docstrings_do_not_begin_with_questions(folder):
    found = [
        f"{module.relative_to(ROOT)}: {text.strip().splitlines()[0]}"
        for module in modules()
        if module.is_relative_to(ROOT / folder)
        for text in docstrings(ast.parse(module.read_text(encoding="utf-8")))
        if QUESTION.match(text.strip())
    ]
    assert not found, "Say what it is, e.g. 'Maximum size in bytes.' or 'True if …':\n" + "\n".join(found)


def test_comments_about_attributes_do_not_begin_with_questions():
    found = _lines_with(re.compile(r"^\s*#: " + QUESTION.pattern), modules())
    assert not found, "Say what it is, e.g. 'Maximum size in bytes.' or 'True if …':\n" + "\n".join(found)


def test_subjects_are_named():
    pages = [ROOT / page for page in PAGES] + sorted((ROOT / "docs").rglob("*.md"))
    found = _lines_with(VAGUE, [*modules(), *pages])
    assert not found, "Name the user, client, thread or number:\n" + "\n".join(found)


def _lines_with(pattern: re.Pattern[str], paths) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
