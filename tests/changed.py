"""Print the tests that touch what differs from a commit: ``python tests/changed.py [COMMIT]``.

A changed test file stands for itself, a changed module for the tests named after the closest package
around it, and for test files that import it.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("mock_backend", "fixtures/pytest_mock_backend")


def changed_files(since: str) -> set[str]:
    """Return paths that differ from a commit, including those that git does not know yet."""
    commands = (["git", "diff", "--name-only", since], ["git", "ls-files", "--others", "--exclude-standard"])
    outputs = (
        subprocess.run(each, cwd=ROOT, capture_output=True, text=True, check=True) for each in commands
    )
    return {line for output in outputs for line in output.stdout.splitlines()}


def tests_of(paths: Iterable[str]) -> set[str]:
    """Return the folders and files of tests that touch these paths."""
    found = set()
    for path in paths:
        name = Path(path).name
        if path.startswith("tests/") and name.startswith("test_") and (ROOT / path).exists():
            found.add(path)
        elif path.endswith((".py", ".json")) and path.startswith(PACKAGES):
            found |= {*_of_module(Path(path))}
        elif path.endswith(".md") or path.startswith("docs/"):
            found.add("tests/guide")
    return {each for each in found if not any(str(parent) in found for parent in Path(each).parents)}


def _of_module(path: Path) -> Iterator[str]:
    if path.parts[0] == "fixtures":
        yield "tests/plugin"
        return
    # E.g. tests/engine/cubes, or else tests/engine, for mock_backend/engine/cubes/labels.py.
    parts = path.parts[1:-1]
    folders = [Path("tests", *parts[:length]) for length in range(len(parts), 0, -1)]
    for each in (*folders, Path("tests", f"test_{path.stem}.py")):
        if (ROOT / each).exists():
            yield str(each)
            break
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    package, _, name = module.rpartition(".")
    for test in (ROOT / "tests").rglob("test_*.py"):
        text = test.read_text(encoding="utf-8")
        if (
            f"{module} import" in text
            or f"import {module}" in text
            or f"from {package} import {name}" in text
        ):
            yield str(test.relative_to(ROOT))


if __name__ == "__main__":
    print(*sorted(tests_of(changed_files(*sys.argv[1:] or ["HEAD"]))))
