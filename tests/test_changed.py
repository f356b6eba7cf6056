"""The tests that a change touches are found by names and imports."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def changed():
    spec = spec_from_file_location("changed", Path(__file__).with_name("changed.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("tests/jobs/test_views.py", "tests/jobs/test_views.py"),
        ("mock_backend/jobs/register.py", "tests/jobs"),
        ("mock_backend/durations.py", "tests/test_durations.py"),
        ("mock_backend/engine/cubes/__init__.py", "tests/engine/cubes"),
        ("fixtures/pytest_mock_backend/plugin.py", "tests/plugin"),
        ("docs/guide/jobs.md", "tests/guide"),
    ],
)
def test_a_path_has_tests(changed, path, tests):
    assert tests in changed.tests_of([path])


def test_files_within_a_folder_are_not_named_again(changed):
    both = changed.tests_of(["mock_backend/jobs/register.py", "tests/jobs/test_views.py"])
    assert "tests/jobs" in both
    assert "tests/jobs/test_views.py" not in both
