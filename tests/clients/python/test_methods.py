"""No method of the openeo client that talks to a back-end has been forgotten."""

import ast
from pathlib import Path

import openeo
import pytest
from client_methods import talking_methods
from method_table import LEFT, SOME_VERSIONS, STOPS

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def marked():
    """The tests of this folder by the methods they are marked with, whichever of them run."""
    tests: dict[str, list[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(function, ast.FunctionDef):
                for decorator in function.decorator_list:
                    for name in _names(decorator):
                        tests.setdefault(name, []).append(f"{path.name}::{function.name}")
    return tests


def _names(decorator: ast.expr) -> list[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.calls":
        return [ast.literal_eval(argument) for argument in decorator.args]
    return []


def test_every_method_that_talks_to_a_back_end_is_called_by_a_test(client_methods, marked):
    forgotten = [
        f"{name} in {method.module}, which may send a request through {method.through}"
        for name, method in client_methods.items()
        if name not in {*marked, *LEFT, *STOPS}
    ]

    todo = "for each, mark a test with @pytest.mark.calls, or give a reason in method_table.py"
    assert not forgotten, f"methods of openeo {openeo.__version__} that no test calls; {todo}"


def test_the_table_and_the_marks_name_methods_that_there_are(client_methods, marked):
    private = {name for name in STOPS if name.startswith("_")}
    unknown = {*marked, *LEFT, *STOPS} - client_methods.keys() - SOME_VERSIONS.keys() - private

    assert not unknown, f"openeo {openeo.__version__} has no such methods that send requests"


def test_no_method_is_both_called_and_left_out(marked):
    assert marked.keys() & LEFT.keys() == set()


CLIENT = {
    "rest/connection.py": """
        class Base:
            def get(self, path):
                return self.session.request("get", path)

        class Connection(Base):
            def about(self):
                return self.get("/")

            def url(self, path):
                return self.root + path

            old_about = legacy_alias(about, "old_about")

        def connect(url):
            return Connection(url).about()
    """,
    "rest/thing.py": """
        class _Thing:
            def describe(self):
                return self.connection.about()

            def _secret(self):
                return self.describe()

        class Thing(_Thing):
            def facts(self):
                return {}.get("about", super().describe())

            def name(self):
                return self.values.get("name")

        def rare(thing):
            return thing.describe()

        def frequent(thing):
            return rare(thing)
    """,
    "local/connection.py": "class Local:\n    def get(self):\n        return requests.get('x')\n",
}


def test_the_search_follows_calls_through_a_client(tmp_path):
    for name, text in CLIENT.items():
        path = tmp_path / "client" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = text.splitlines()
        path.write_text("\n".join(line.removeprefix(" " * 8) for line in lines), encoding="utf-8")

    found = talking_methods(tmp_path / "client", {"rare"})

    assert {name: method.through for name, method in found.items()} == {
        "Base.get": "self.session.request",
        "Connection.about": "self.get",
        "Connection.old_about": "self.about",
        "connect": "Connection(url).about",
        "Thing.describe": "self.connection.about",
        "Thing.facts": "super().describe",
        "rare": "thing.describe",
    }
    assert {method.module for method in found.values()} == {"client.rest.connection", "client.rest.thing"}
