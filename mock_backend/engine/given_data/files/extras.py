"""Libraries that reading files of others needs, imported when there is one."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from mock_backend.engine.given_data.data import GivenDataError


def installed(module: str, what: str) -> Any:
    """Return a module that reads files.

    Args:
        what: The object to read, for the message.

    Raises:
        GivenDataError: If it is not installed; the message says how to install it.
    """
    if find_spec(module) is None:
        raise GivenDataError(
            f"{what} is none that this back-end has written, and reading it needs {module}, which is not "
            "installed: pip install 'openeo-mock-backend[data]'"
        )
    return import_module(module)
