"""Find the methods of the openeo client that may send a request, by reading its source.

The search begins at ``requests`` and at sessions, and goes up from what is called to what calls it. It
does not know types: an object is told by what it is called in the client's code (``self``, something
that ends in ``connection``, the name of a class). Where that tells nothing, any method of that name
will do: rather a method too many, which then needs a reason, than one too few.
"""

import ast
import importlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

#: Parts of the client that are no client of a back-end: a local processor, stubs, helpers of tests.
_ELSEWHERE = ("local/", "testing/", "udf/", "extra/pytest/", "rest/_testing.py", "rest/auth/testing.py")

#: The methods that send requests in the end.
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "request", "send"})
_READERS = frozenset({"pystac.read_file"})

#: Names so common that they tell nothing about the object they are called on.
_COMMON = _VERBS | {
    "add",
    "apply",
    "close",
    "from_dict",
    "get_assets",
    "process",
    "start",
    "status",
    "update",
}

#: Special methods that people call, if not by name.
_SPECIAL = frozenset({"__call__", "_repr_html_"})


@dataclass(frozen=True)
class Method:
    """A function, or a method of a class, of the client.

    Args:
        module: The module that has it.
        owner: The class that has it; empty for a function.
        name: Its name.
        through: The expression in it that may send a request.
    """

    module: str
    owner: str
    name: str
    through: str = ""

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def is_public(self) -> bool:
        """True if it is public."""
        return not self.owner.startswith("_") and (self.name in _SPECIAL or not self.name.startswith("_"))

    def place(self) -> tuple[Any, str]:
        """Return the class or module that has it as an attribute, and the attribute's name."""
        module = importlib.import_module(self.module)
        return (getattr(module, self.owner) if self.owner else module), self.name


def talking_methods(package: Path, stops: Collection[str] = ()) -> dict[str, Method]:
    """Return the public functions and methods of a client that may send a request, by name.

    Args:
        package: The folder of the client's package.
        stops: Names of methods that may send a request without their callers being counted.
    """
    return {str(method): method for method in _Search(package, stops).run() if method.is_public}


class _Search:
    def __init__(self, package: Path, stops: Collection[str]) -> None:
        self._stops = stops
        self._package = package.name
        # What could be a call, or name something to be called.
        self._bodies: dict[Method, list[ast.Call | ast.Attribute]] = {}
        self._modules: dict[str, str] = {}
        self._bases: dict[str, list[str]] = {}
        # The classes that have a talking method, by its name; "" among them stands for a function.
        self._owners: dict[str, set[str]] = {}
        for path in sorted(package.rglob("*.py")):
            if not (relative := path.relative_to(package).as_posix()).startswith(_ELSEWHERE):
                module = ".".join([package.name, *relative.removesuffix(".py").split("/")])
                self._read(module.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8")))

    def run(self) -> Iterator[Method]:
        """Yield what talks, again and again until nothing is left that calls what has been found."""
        waiting, found = self._bodies, True
        while found:
            found, rest = False, {}
            for method, body in waiting.items():
                if through := self._through(method, body):
                    found = True
                    if str(method) not in self._stops:
                        self._owners.setdefault(method.name, set()).add(method.owner)
                    yield from self._with_heirs(replace(method, through=through))
                else:
                    rest[method] = body
            waiting = rest

    def _read(self, module: str, tree: ast.Module) -> None:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._bodies[Method(module, "", node.name)] = _calls_in(node)
            elif isinstance(node, ast.ClassDef):
                self._modules[node.name] = module
                self._bases[node.name] = [ast.unparse(base).split(".")[-1] for base in node.bases]
                for name, body in _methods_of(node):
                    self._bodies[Method(module, node.name, name)] = _calls_in(body)

    def _with_heirs(self, method: Method) -> Iterator[Method]:
        """Yield a method; one of a private class as the public classes that inherit it have it, too."""
        yield method
        if method.owner.startswith("_"):
            for name, bases in self._bases.items():
                heir = Method(self._modules[name], name, method.name)
                if method.owner in bases and heir not in self._bodies:
                    yield replace(heir, through=method.through)

    def _family(self, name: str) -> set[str]:
        return {name}.union(*(self._family(base) for base in self._bases.get(name, ())))

    def _through(self, method: Method, body: list[ast.Call | ast.Attribute]) -> str:
        """Return an expression in a method that may send a request; empty if there is none."""
        for node in body:
            if isinstance(node, ast.Attribute):
                if self._sends(method, node):
                    return ast.unparse(node)
                continue
            name = ast.unparse(node.func)
            if name in self._owners.get("__init__", ()) or "" in self._owners.get(name, ()):
                return f"{name}()"
        return ""

    def _sends(self, method: Method, node: ast.Attribute) -> bool:
        """Tell whether what an attribute of an object names may send a request."""
        name, owners = node.attr, self._owners.get(node.attr, set())
        if not owners and name not in _VERBS and name != "read_file":
            return False
        target = ast.unparse(node.value)
        last = target.split(".")[-1].lower()
        if f"{target}.{name}" in _READERS or (name in _VERBS and last.endswith(("requests", "session"))):
            return True
        if last in ("self", "cls") or last.startswith("super("):
            return not owners.isdisjoint(self._family(method.owner))
        if last.endswith(("connection", "con", "conn")):
            return not owners.isdisjoint(self._family("Connection"))
        if (named := target.split("(")[0]) in self._bases:
            return not owners.isdisjoint(self._family(named))
        if target == self._package:
            return "" in owners
        return name not in _COMMON and not name.startswith("_") and owners != {""} and bool(owners)


def _calls_in(body: ast.AST) -> list[ast.Call | ast.Attribute]:
    return [
        node
        for node in ast.walk(body)
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    ]


def _methods_of(node: ast.ClassDef) -> Iterator[tuple[str, ast.AST]]:
    for member in node.body:
        if isinstance(member, ast.FunctionDef):
            yield member.name, member
        elif isinstance(member, ast.Assign) and isinstance(member.value, ast.Call):
            # An old name: `describe_job = legacy_alias(describe, …)`.
            called = member.value
            if ast.unparse(called.func) == "legacy_alias" and isinstance(member.targets[0], ast.Name):
                yield member.targets[0].id, ast.parse(f"self.{ast.unparse(called.args[0])}")
