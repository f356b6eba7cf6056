"""The examples in the README and the documentation run as they are printed."""

import importlib
import re
from contextlib import suppress
from pathlib import Path

import h5py  # noqa: F401  # cannot be imported twice, and runs of pytest inside tests forget what they import
import netCDF4  # noqa: F401  # likewise
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: The first line of a block that is a module which tests of the page import.
MODULE = re.compile(r"\s*# (\w+)\.py\n")


def blocks(page: Path) -> list[str]:
    """Return a page's blocks of Python, each padded so that line numbers are the page's."""
    text = page.read_text()
    return ["\n" * text[: match.start(1)].count("\n") + match[1] for match in BLOCK.finditer(text)]


def count_tests(block: str) -> int:
    """Count a block's tests; a parameter of theirs has two values, a list of profiles as many as it names."""
    profiles = sum(each.count(",") for each in re.findall(r"profile=\[(.*?)\]", block))
    return block.count("def test_") + block.count("@pytest.mark.parametrize") + profiles


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_statements(page, request, tmp_path, monkeypatch):
    """Blocks without tests in them run one after the other, in one namespace."""
    plain = [block for block in blocks(page) if "def test_" not in block and not MODULE.match(block)]
    if not plain:
        return
    monkeypatch.chdir(tmp_path)
    needed = {"mock_backend": "mock_backend"} if any("mock_backend." in block for block in plain) else {}
    namespace = {name: request.getfixturevalue(fixture) for name, fixture in needed.items()}
    namespace["tmp_path"] = tmp_path
    for block in plain:
        exec(compile(block, str(page), "exec"), namespace)  # the examples are ours


@pytest.fixture(scope="module")
def dask_for_good():
    """Import what xarray's engine for rasterio asks for, which fails where a part of it is imported anew."""
    with suppress(ImportError):
        importlib.import_module("dask.array")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_tests(page, dask_for_good, pytester):
    """Blocks with tests in them are files of a project, beside its modules."""
    files = [block for block in blocks(page) if "def test_" in block]
    for block in blocks(page):
        if named := MODULE.match(block):
            pytester.makepyfile(**{named[1]: block})
    for number, block in enumerate(files):
        pytester.makepyfile(**{f"test_block_{number}": block})
    if files:
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
        outcomes = result.parseoutcomes()
        # A test that is to fail somewhere says so in the example.
        ran = outcomes.get("passed", 0) + outcomes.get("xfailed", 0)
        assert ran == sum(map(count_tests, files))
        assert not {"failed", "errors"} & outcomes.keys()


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_rule_of_validation_is_documented():
    from mock_backend.processes.validation import RULES
    from mock_backend.profiles import profile_from

    page = (ROOT / "docs" / "guide" / "processes.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (yes|no) \|$", page, re.MULTILINE)
    assert {name: text for name, text, _ in rows} == RULES
    assert {name for name, _, refuses in rows if refuses == "no"} == profile_from("default").acceptance.rules


def test_every_page_is_in_the_site():
    listed = set()
    for index in (ROOT / "docs" / "index.md", ROOT / "docs" / "reference" / "index.md"):
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", index.read_text(), re.DOTALL):
            names = [line for line in tree.split() if not line.startswith(":")]
            listed |= {(index.parent / f"{name}.md") for name in names}
    pages = set((ROOT / "docs").rglob("*.md")) - {ROOT / "docs" / "index.md"}
    assert pages <= listed
