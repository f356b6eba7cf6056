"""The plugin is loaded everywhere, so it must weigh nothing."""

import subprocess
import sys

HEAVY = ("fastapi", "pydantic", "openeo", "httpx", "respx", "starlette", "tinydb", "uvicorn", "mock_backend")


def test_loading_the_plugin_imports_nothing_heavy():
    code = (
        f"import sys, pytest_mock_backend.plugin; print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_a_memory_back_end_imports_no_store_and_no_server():
    heavy = ("tinydb", "uvicorn", "respx", "openeo", "pandas", "pytest")
    code = (
        "import sys, mock_backend; mock_backend.MockBackend(); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
