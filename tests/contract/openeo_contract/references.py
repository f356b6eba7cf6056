"""Paths of openEO's official documents, and skips of tests that need them."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from openeo_contract.defects import mend
from openeo_contract.versions import document_of

#: Set to 1 where a run without the references proves too little, e.g. in continuous integration.
REQUIRED = "OPENEO_REFERENCES_REQUIRED"

#: The folder of the references; ``../shared`` beside this project by default.
FOLDER = "OPENEO_REFERENCES"

_BESIDE = Path(__file__).resolve().parents[4] / "shared"

# The one in C takes a twentieth of the time.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """Reads dates as the texts that they are in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


class References:
    """openEO's official documents, if they are there.

    Args:
        folder: Where they are; by default where the environment says.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(os.environ.get(FOLDER, _BESIDE))

    @property
    def required(self) -> bool:
        """True if a run without them has failed."""
        return os.environ.get(REQUIRED, "") not in ("", "0")

    @property
    def missing(self) -> str | None:
        """Why they cannot be used; None if they can."""
        if (self.folder / "openeo-api" / "openapi.yaml").exists():
            return None
        return f"the openEO references are not at {self.folder}; set {FOLDER} to where they are"

    def document(self, version: str = "1.2") -> dict[str, Any]:
        """Return the API's OpenAPI document with its defects mended; all callers share it.

        Args:
            version: The short name of the API's version.
        """
        return _document_of(version, self.folder / "openeo-api" / "openapi.yaml")


@cache
def _document_of(version: str, path: Path) -> dict[str, Any]:
    return document_of(version, _document(path))


@cache
def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    return mend(document)
