"""Stores in files: what they hold, what a crash leaves of them, and processes that open them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from mock_backend.stores.tiny import TinyStore

ROOT = Path(__file__).parents[2]


def contents(store):
    """Everything that can be asked of a store, in a comparable form."""
    return json.dumps([list(store), store.page("alice"), store.last_number, store.state])


def files(folder):
    """Each file of a folder and its bytes."""
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@contextmanager
def opened(path):
    store = TinyStore(path)
    try:
        yield store
    finally:
        store.close()


def crashed(path, tmp_path):
    """Return the path of what a killed process would leave behind."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    return shutil.copytree(path.parent, folder, dirs_exist_ok=True) / path.name


def python(*args, **options):
    """Start a Python process that finds the package."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )
