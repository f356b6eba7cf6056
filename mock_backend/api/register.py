"""Registers: the pieces an API is put together from.

A register serves the endpoints of one resource. Subclass one to override a method or to add
endpoints; give the subclass to ``MockBackend(registers=[...])`` and it takes its base's place.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from inspect import isfunction
from threading import RLock
from typing import ClassVar

from starlette.responses import Response

from mock_backend.api.models import Endpoint, Links
from mock_backend.api.urls import current_base
from mock_backend.clock import Clock
from mock_backend.settings import AppSettings, default_settings
from mock_backend.stores import JobStore, MemoryStore


class EndpointRegister:
    """Serve the endpoints of one resource.

    Args:
        settings: What the back-end says about itself; defaults from the environment.
        links: Links that the back-end adds to its capabilities.
    """

    #: The name under which the other registers of a back-end know this one; None if they need not.
    provides: ClassVar[str | None] = None

    def __init__(self, settings: AppSettings | None = None, links: Links | None = None) -> None:
        self.settings = settings if settings is not None else default_settings()
        self.links = links if links is not None else Links([])

    @cached_property
    def endpoints(self) -> list[Endpoint]:
        """What this register serves."""
        return self._initialize_endpoints()

    def _initialize_endpoints(self) -> list[Endpoint]:
        """Return what this register serves. All registers of a class serve the same."""
        return []

    def reset(self) -> None:
        """Forget what has happened; called when the back-end is reset."""

    def collaborate(self, **collaborators: object) -> None:
        """Take over those parts of a back-end (store, clock, registers …) that this register works with.

        A register takes a collaborator by having an attribute of its name in its class; None is
        none, and a method of that name stays a method.
        """
        self.take(taken_by(type(self), tuple(collaborators)), collaborators)

    def take(self, names: Iterable[str], parts: Mapping[str, object]) -> None:
        """Take over parts of a back-end.

        Args:
            names: The names of those to take.
            parts: All parts by name; None is none.
        """
        for name in names:
            if (value := parts[name]) is not None:
                setattr(self, name, value)


def taken_by(register: type[EndpointRegister], names: tuple[str, ...]) -> list[str]:
    """Return those of the names of parts that a class of registers has attributes of."""
    return [name for name in names if hasattr(register, name) and not isfunction(getattr(register, name))]


class KeepingRegister(EndpointRegister):
    """Serve a resource that is kept, and changes with time.

    A back-end gives it its store and its clock; alone it has its own.
    """

    def __init__(self, settings: AppSettings | None = None, links: Links | None = None) -> None:
        super().__init__(settings, links)
        #: Held while something is read, changed and written as one step.
        self.lock = RLock()

    @cached_property
    def store(self) -> JobStore:
        """Where things are kept."""
        return MemoryStore()

    @cached_property
    def clock(self) -> Clock:
        """What time it is."""
        return Clock()

    def _next_number(self, kind: str) -> int:
        """Return a number that nothing of a kind has had, counted from 1. Hold the lock."""
        # Ids are never used again, so the count is kept beside what there is. No user has an empty name.
        place = f"{kind}_numbers", "", "last"
        document = self.store.resources.get(*place)
        number = 1 if document is None else int(document["number"]) + 1
        self.store.resources.put(*place, {"number": number})
        return number

    def _created(self, path: str, identifier: str) -> Response:
        """Answer that something new is at a path of the API: 201 with its URL and id."""
        url = f"{current_base(self.settings.url)}{path}/{identifier}"
        return Response(status_code=201, headers={"Location": url, "OpenEO-Identifier": identifier})
