"""Stand-ins for files that nothing here can write: of formats that were added, and of models."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import FilePart, Format


class Unwritten(Format):
    """A format that is in the catalogue only: its file is a text that says so."""

    def __init__(self, name: str) -> None:
        self.name = name

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:  # noqa: ARG002  # as in Format
        """Return the one file there is."""
        ending = re.sub(r"\W+", "", self.name).lower() or "bin"
        return [FilePart(f"openEO.{ending}", content, "application/octet-stream")]

    def size(self, part: FilePart, options: Mapping[str, Any]) -> int | None:
        """Return how many bytes it has."""
        return len(self.write(part, options))

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes:  # as in Format
        """Return the text."""
        content = part.content
        shape = dict(content.sizes) if isinstance(content, DataCube) else None
        note = (
            f"This stands in for a file of the format {self.name}, which the back-end offers but "
            "cannot write; order what it shall be with set_result."
        )
        return to_json({"format": self.name, "options": dict(options), "dimensions": shape, "note": note})


class MlModel(Unwritten):
    """A machine learning model: its file has the name that it has on other back-ends."""

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[FilePart]:  # noqa: ARG002  # as in Format
        """Return the one file there is."""
        # Clients look for this id in the links of results.
        item = "ml_model_metadata.json"
        return [FilePart("randomforest.model.tar.gz", content, "application/octet-stream", item=item)]


FORMAT: Format = MlModel("ml-model")
