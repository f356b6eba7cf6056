"""A job's request for results."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

from mock_backend.control.job_orders import Selectable
from mock_backend.dataclass import dataclass
from mock_backend.lifecycle import Run
from mock_backend.results.documents.extent import Extent, extent_of
from mock_backend.results.documents.naming import ending_of_format
from mock_backend.results.formats.base import file_prefix


class Processed(Selectable, Protocol):
    """A job whose result is wanted."""

    @property
    def job_id(self) -> str: ...

    @property
    def process_graph(self) -> dict[str, Any]: ...

    @property
    def run(self) -> Run | None: ...

    @property
    def synchronous(self) -> bool: ...


@dataclass(frozen=True)
class ResultRequest:
    """A job's request for results."""

    job: Processed

    @cached_property
    def ending(self) -> str | None:
        """Ending of files of the format that the process graph asks for; None if it asks for none."""
        name = self._saving.get("format")
        return ending_of_format(name) if isinstance(name, str) else None

    @cached_property
    def prefix(self) -> str | None:
        """Prefix of the names of files; None if that is left to the back-end."""
        options = self._saving.get("options")
        return file_prefix(options) if isinstance(options, dict) else None

    @cached_property
    def extent(self) -> Extent:
        """Area and time that it computes, as far as the process graph tells."""
        return extent_of((node.process_id, node.arguments) for node in self.job.nodes)

    @property
    def interval(self) -> tuple[str | None, str | None]:
        """The first and the last instant of what it computes, as far as the process graph tells."""
        return self.extent.interval or (None, None)

    @cached_property
    def _saving(self) -> Mapping[str, Any]:
        """The arguments of what saves its result."""
        for node in reversed(self.job.process_graph.values()):
            if node.get("process_id") == "save_result":
                arguments: Mapping[str, Any] = node.get("arguments") or {}
                return arguments
        return {}
