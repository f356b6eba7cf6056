"""The reference has every public name, fixture, setting, option, error and rule, each with a text."""

import ast
import re
import sys
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path

import pytest

from mock_backend import MockBackend, errors
from mock_backend.processes.validation import RULES
from mock_backend.settings import AppSettings

DOCS = Path(__file__).resolve().parents[2] / "docs"
README = DOCS.parent / "README.md"


@pytest.fixture(scope="module")
def reference():
    """The module that makes the tables; it needs no Sphinx."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(DOCS), *sys.path])
        yield import_module("reference_tables")
    del sys.modules["reference_tables"]


def test_each_table_is_on_a_page(reference):
    pages = "".join(page.read_text() for page in (DOCS / "reference").glob("*.md"))
    assert set(re.findall(r"```\{reference-table\} (\w+)", pages)) == set(reference.TABLES)


def test_every_import_of_the_documents_is_public(reference):
    text = "".join(page.read_text() for page in (README, *DOCS.rglob("*.md")))
    imports = re.findall(r"^ *from (mock_backend[\w.]*) import (.+)$", text, re.MULTILINE)
    assert imports
    for module, names in imports:
        assert module in reference.PUBLIC_MODULES
        assert set(names.split(", ")) <= set(import_module(module).__all__)


def test_every_public_name_is_there_once(reference):
    documented = reference.TABLES["python"]()
    for module in reference.PUBLIC_MODULES:
        for name in import_module(module).__all__:
            value = getattr(import_module(module), name)
            homes = [each for each in reference.PUBLIC_MODULES if f":: {each}.{name}\n" in documented]
            assert len(homes) == 1, name
            assert getattr(import_module(homes[0]), name) is value


def test_classes_have_the_members_of_bases_that_are_not_public(reference):
    documented = reference.TABLES["python"]()
    assert ".. autoclass:: mock_backend.MockBackend\n   :inherited-members: object\n" in documented
    assert ".. autoclass:: mock_backend.Delay\n.." in documented  # its only base is public


def test_public_classes_functions_methods_and_properties_have_docstrings(reference):
    for module in reference.PUBLIC_MODULES:
        for name in import_module(module).__all__:
            value = getattr(import_module(module), name)
            if isclass(value) or isfunction(value):
                assert value.__doc__, name
            for member, each in vars(value).items() if isclass(value) else ():
                method = isinstance(each, property) or (isfunction(each) and each.__name__ == member)
                if method and not member.startswith("_"):
                    assert each.__doc__, f"{name}.{member}"


def test_fixtures_and_marker(reference):
    from pytest_mock_backend import plugin

    assert set(reference.fixtures()) == {name for name in vars(plugin) if name.startswith("mock_backend")}
    assert all(reference.fixtures().values())
    parameters = set(MockBackend.__init__.__annotations__) - {"return"}
    ours = {"start", "rate", "user", "scenario", "unused_orders"}
    assert set(reference.marker_settings()) == parameters | ours


def test_settings(reference):
    assert {name for name, *_ in reference.app_settings()} == set(AppSettings.model_fields)
    assert all(text for *_, text in reference.app_settings())


def test_options(reference):
    listed = reference.TABLES["commands"]()
    for command in (DOCS.parent / "mock_backend" / "cli").glob("*.py"):
        for option in _options_of(command):
            assert f"`{option}`" in listed
    assert all(text for each in reference.commands().values() for _, text in reference.options(each))


def _options_of(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        argument.value
        for call in calls
        if ast.unparse(call.func) == "click.option"
        for argument in call.args
        if isinstance(argument, ast.Constant) and argument.value.startswith("-")
    ]


def test_errors_and_rules(reference):
    for each in errors.OpenEOError.__subclasses__():
        if each.__module__.startswith("mock_backend.errors"):
            assert f"| `{each.code}` | {each.status} |" in reference.TABLES["errors"]()
    for rule in RULES:
        assert f"| `{rule}` |" in reference.TABLES["rules"]()
