"""Refusals of formats, with remedies."""

from collections.abc import Iterable
from importlib.util import find_spec

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.errors import FeatureUnsupported, OpenEOError, ProcessGraphComplexity

#: Maximum number of values in a file of text or a table that is made as a whole.
MAX_WRITTEN = 2**21
#: Maximum number of values in one that is written in parts to a temporary file.
MAX_SPOOLED = 2**29
#: Maximum number of values in a file that is made as a whole.
MAX_HELD = 2**26


def unsuitable(message: str) -> OpenEOError:
    """Return the error for content that a format cannot hold; its code is ``save_result``'s own."""
    return OpenEOError(message, code="FormatUnsuitable", status=400)


def check_installed(name: str, extra: str | None, modules: Iterable[str]) -> None:
    """Check that what a format needs is installed, without importing it.

    Raises:
        FeatureUnsupported: If it is not; the message says how to install it.
    """
    for module in modules:
        if find_spec(module) is None:
            raise FeatureUnsupported(
                f"Writing {name} needs {module}, which is not installed where this back-end runs: "
                f"pip install 'openeo-mock-backend[{extra}]'"
            )


def check_format_size(name: str, cube: DataCube, limit: int) -> None:
    """Check that a data cube is no larger than a format holds.

    Raises:
        ProcessGraphComplexity: If it is larger.
    """
    if cube.count > limit:
        raise ProcessGraphComplexity(
            f"A data cube of {cube.count:,} values is too large for {name}, which takes {limit:,} of them "
            "here; a smaller extent, fewer dates or bands, or a coarser resolution makes it smaller."
        )


def checked_cube(name: str, content: DataCube | Plain) -> DataCube:
    """Return content that is a data cube; raise ``OpenEOError`` if it is a mere value."""
    if isinstance(content, Plain):
        raise unsuitable(f"{name} holds data cubes, and this is none; JSON holds values of any kind.")
    return content
