"""Facts about the job itself in result documents."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.dataclass import dataclass
from mock_backend.settings import VERSION


@dataclass(frozen=True)
class About:
    """Facts about a job in result documents."""

    id: str
    status: str  #: The ``openeo:status``: running, canceled, finished or error
    created: datetime  #: When the results came into being
    updated: datetime
    #: Expiry of the signed URLs in the documents; None if there are none
    expires: datetime | None = None
    title: str | None = None
    description: str | None = None
    process: Mapping[str, Any] | None = None  #: The process that was run: an object with a ``process_graph``
    provider: str | None = None  #: The name of the back-end, which ran it
    provider_url: str | None = None  #: The URL of further information about the back-end
    license: str = "other"  #: The licence of the results: an SPDX id, or ``other``
    #: Other times of the job, by the names that the API gives them
    more_times: Mapping[str, datetime] = field(default_factory=dict)
    #: Versions of the software that made them, by its names
    software: Mapping[str, str] = field(default_factory=lambda: {"openeo-mock-backend": VERSION})

    def texts(self) -> dict[str, str]:
        """Return title and description, as far as there are any."""
        return {
            name: text for name, text in (("title", self.title), ("description", self.description)) if text
        }

    def times(self) -> dict[str, str]:
        """Return when the results were made, last changed, and until when they can be downloaded."""
        times = {"created": self.created, "updated": self.updated, **self.more_times}
        if self.expires is not None:
            times["expires"] = self.expires
        return {name: write_instant(time) for name, time in times.items()}

    def processing(self) -> dict[str, Any]:
        """Return the fields of STAC's processing extension."""
        facts: dict[str, Any] = {}
        if self.provider:
            facts["processing:facility"] = self.provider
        if self.software:
            facts["processing:software"] = dict(self.software)
        if self.process is not None:
            facts["processing:expression"] = {"format": "openeo", "expression": self.process}
        return facts

    def providers(self) -> list[dict[str, Any]]:
        """Return the providers of the results as STAC has them; none if they are unknown."""
        if not self.provider:
            return []
        place = {"url": self.provider_url} if self.provider_url else {}
        return [{"name": self.provider, **place, "roles": ["processor", "host"], **self.processing()}]
