"""Tables of the reference, made from the code. The tests read them, too, so nothing here needs Sphinx."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

import click

from mock_backend import MockBackend, errors, settings
from mock_backend import cli as command_line
from mock_backend.processes.validation import RULES
from mock_backend.profiles import PROFILES, profile_from
from pytest_mock_backend import plugin
from pytest_mock_backend.options import FIXTURE_SETTINGS

#: Modules whose ``__all__`` is public; everything else may change in any version.
PUBLIC_MODULES = (
    "mock_backend",
    "mock_backend.settings",
    "mock_backend.results",
    "mock_backend.catalog",
    "mock_backend.control",
    "mock_backend.control.faults",
    "mock_backend.control.scenarios",
    "mock_backend.control_api",
    "mock_backend.compat",
    "mock_backend.lifecycle",
    "mock_backend.auth",
    "mock_backend.jobs",
    "mock_backend.processes",
    "mock_backend.processes.validation",
    "mock_backend.strategies",
    "mock_backend.api.register",
    "mock_backend.api.models",
    "mock_backend.http.content",
)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown."""
    head = [*head]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(each) for each in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def fixtures() -> dict[str, str]:
    """Return the docstring of each fixture by its name."""
    tree = ast.parse(inspect.getsource(plugin))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any("fixture" in ast.unparse(each) for each in node.decorator_list)
    }


def marker_settings() -> dict[str, str]:
    """Return what each keyword of the marker does: those of ``MockBackend`` and those of the fixtures."""
    text = inspect.getdoc(MockBackend) or ""
    arguments = re.search(r"^Args:\n(.*?)^\S", text, re.MULTILINE | re.DOTALL)
    found = dict(re.findall(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", arguments[1], re.MULTILINE | re.DOTALL))
    return found | FIXTURE_SETTINGS


def app_settings() -> Iterator[tuple[str, str, str]]:
    """Yield name, default and description of each field of ``AppSettings``."""
    (tree,) = (
        node
        for node in ast.parse(inspect.getsource(settings)).body
        if isinstance(node, ast.ClassDef) and node.name == "AppSettings"
    )
    for node, following in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            text = following.value.value if isinstance(following, ast.Expr) else ""
            default = settings.AppSettings.model_fields[node.target.id].default
            shown = repr(getattr(default, "name", default))
            yield node.target.id, "`frozenset()`" if default == frozenset() else f"`{shown}`", text


def commands() -> dict[str, click.Command]:
    """Return the subcommands by name."""
    group = command_line._commands
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: each for name, each in found.items() if each is not None}


def options(command: click.Command) -> Iterator[tuple[str, str]]:
    """Yield the names and the help of each option of a subcommand."""
    for each in command.params:
        if isinstance(each, click.Option):
            names = ", ".join(f"`{name}`" for name in (*each.opts, *each.secondary_opts))
            default = f"  [default: {each.default}]" if each.show_default else ""
            yield names, f"{each.help or ''}{default}"


def error_classes() -> list[type[errors.OpenEOError]]:
    """Return the classes of the errors of the API, by code."""
    return sorted({*errors.BY_CODE.values(), errors.RequestInvalid}, key=lambda each: each.__name__)


def public_names() -> dict[str, list[str]]:
    """Return the names of each public module, without those that a module before it has."""
    seen: set[int] = set()
    found = {}
    for name in PUBLIC_MODULES:
        module = import_module(name)
        objects = {each: id(getattr(module, each)) for each in module.__all__}
        found[name] = [each for each, identity in objects.items() if identity not in seen]
        seen |= {*objects.values()}
    return found


def _python() -> str:
    parts = []
    for module, names in public_names().items():
        lines = [f".. automodule:: {module}", "   :no-members:", ""]
        for name in names:
            value = getattr(import_module(module), name)
            lines += [f".. {_directive(value)}:: {module}.{name}", *_with_members_of_parts(value)]
        parts.append("\n".join([f"## `{module}`", "", "```{eval-rst}", *lines, "```"]))
    return "\n\n".join(parts)


def _with_members_of_parts(value: object) -> list[str]:
    """Return the options by which a class has the members of its bases that have no place of their own."""
    if not inspect.isclass(value):
        return []
    public = {
        id(getattr(import_module(module), name)) for module, names in public_names().items() for name in names
    }
    others = [
        each
        for each in value.__mro__[1:]
        if id(each) in public or not each.__module__.startswith("mock_backend")
    ]
    if len(others) == len(value.__mro__) - 1:
        return []
    hidden = [] if set(value.__bases__) & set(others) else ["   :no-show-inheritance:"]
    return [f"   :inherited-members: {', '.join(each.__name__ for each in others)}", *hidden, ""]


def _directive(value: object) -> str:
    if inspect.isclass(value):
        return "autoclass"
    if inspect.isfunction(value):
        return "autofunction"
    # Of a mapping autodoc would print all.
    return "py:data" if isinstance(value, Mapping) else "autodata"


def _fixtures() -> str:
    parts = (f"### `{name}`\n\n```{{eval-rst}}\n{text}\n```" for name, text in fixtures().items())
    return "\n\n".join(parts)


def _commands() -> str:
    parts = []
    for name, command in commands().items():
        usage = click.Context(command, info_name=f"mock-backend {name}").get_help().splitlines()[0]
        parts += [f"## `mock-backend {name}`", f"`{usage.removeprefix('Usage: ')}`", command.help or ""]
        if rows := [*options(command)]:
            parts.append(table(("option", "meaning"), rows))
    return "\n\n".join(parts)


#: The text of each table in Markdown, by the name that pages give it.
TABLES: dict[str, Callable[[], str]] = {
    "python": _python,
    "fixtures": _fixtures,
    "marker": lambda: table(
        ("setting", "meaning"), ((f"`{name}`", text) for name, text in marker_settings().items())
    ),
    "settings": lambda: table(
        ("setting", "default", "meaning"), ((f"`{name}`", *rest) for name, *rest in app_settings())
    ),
    "commands": _commands,
    "errors": lambda: table(
        ("code", "status", "when", "message"),
        ((f"`{e.code}`", e.status, inspect.getdoc(e), e.template) for e in error_classes()),
    ),
    "rules": lambda: table(("rule", "holds if"), ((f"`{name}`", text) for name, text in RULES.items())),
    "profiles": lambda: table(
        ("profile", "back-end"), ((f"`{name}`", profile_from(name).title) for name in PROFILES)
    ),
}
