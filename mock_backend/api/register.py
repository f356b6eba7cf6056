"""Registers: the pieces an API is put together from.

A register serves the endpoints of one resource. Subclass one to override a method or to add
endpoints; give the subclass to ``MockBackend(registers=[...])`` and it takes its base's place.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from threading import RLock
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar, cast, overload

from starlette.responses import Response

from mock_backend.api.models import Endpoint, Link, Links
from mock_backend.api.paging import page_links, page_size
from mock_backend.api.urls import current_base
from mock_backend.clock import Clock
from mock_backend.settings import AppSettings, default_settings
from mock_backend.stores import Document, JobStore, MemoryStore
from mock_backend.stores.damage import readable

__all__ = ["EndpointRegister"]

_Part = TypeVar("_Part")


class Parts:
    """The parts that a back-end is made of: registers, store, clock, orders, accounts.

    Args:
        parts: The other parts. Each is found by its class and the classes and protocols that it extends;
            the first one, if there are several.
        protocols: Parts that are found by a protocol that their classes need not extend.
    """

    def __init__(
        self,
        registers: "Sequence[EndpointRegister]",
        parts: Iterable[object],
        protocols: Mapping[type[Any], Any] = MappingProxyType({}),
    ) -> None:
        self.registers = registers
        self._all: tuple[Any, ...] = (*registers, *parts)
        self._places = first_of_each_class(tuple(map(type, self._all)))
        self._protocols = protocols

    def find(self, kind: type[_Part]) -> _Part | None:
        """Return the part of a class; None if there is none."""
        found: _Part | None = self._protocols.get(kind)
        if found is None and (place := self._places.get(kind)) is not None:
            found = self._all[place]
        return found

    def one(self, kind: type[_Part]) -> _Part:
        """Return the part of a class; raise ``LookupError`` if there is none."""
        if (found := self.find(kind)) is None:
            raise LookupError(f"The back-end has no {kind.__name__}.")
        return found


@lru_cache(maxsize=64)
def first_of_each_class(classes: tuple[type[Any], ...]) -> Mapping[type[Any], int]:
    """Return where the first object of each class is among objects of these classes.

    Back-ends are mostly made of the same ones, so that this is worked out once for them all.
    """
    places: dict[type[Any], int] = {}
    for place, each in enumerate(classes):
        for base in each.__mro__:
            places.setdefault(base, place)
    return places


class Part(Generic[_Part]):
    """A part that a register works with: that of its back-end, or one of its own where it is used alone.

    It is looked for when it is first used.

    Args:
        kind: The class of the part.
        alone: Makes it where no back-end has one; by default, its class does if there is no back-end.
    """

    def __init__(self, kind: type[_Part], alone: Callable[[], _Part] | None = None) -> None:
        self.kind = kind
        self._alone = alone

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, register: None, owner: type) -> "Part[_Part]": ...
    @overload
    def __get__(self, register: "EndpointRegister", owner: type) -> _Part: ...
    def __get__(self, register: "EndpointRegister | None", owner: type) -> Any:
        if register is None:
            return self
        if register.parts is None:
            return register.use_own(self._name, self._made(register))
        part = register.parts.one(self.kind) if self._alone is None else register.parts.find(self.kind)
        # Found from now on without asking here.
        return register.__dict__.setdefault(self._name, self._made(register) if part is None else part)

    def _made(self, register: "EndpointRegister") -> Any:
        if self._alone is not None:
            return self._alone()
        return self.kind(register.settings) if issubclass(self.kind, EndpointRegister) else self.kind()


def optional(kind: type[_Part]) -> Part[_Part | None]:
    """Return a part that is None where no back-end has one."""
    return Part(cast("Any", kind), lambda: None)


class EndpointRegister:
    """Serve the endpoints of one resource.

    Args:
        settings: The back-end's settings; defaults from the environment.
        links: Links that the back-end adds to its capabilities.
    """

    #: Methods whose answers stay the same for long, and are rendered once for back-ends that are alike.
    kept: ClassVar[frozenset[str]] = frozenset()
    #: Endpoints that registers of this class serve.
    served: ClassVar[Sequence[Endpoint]] = ()
    #: The parts of the back-end; None where it is used alone.
    parts: Parts | None = None
    _made_alone: Collection[str] = ()

    def __init__(self, settings: AppSettings | None = None, links: Links | None = None) -> None:
        self.settings = settings if settings is not None else default_settings()
        self.links = links if links is not None else Links([])

    @cached_property
    def endpoints(self) -> list[Endpoint]:
        """Endpoints that this register serves."""
        return self._initialize_endpoints()

    def likeness(self) -> Hashable | None:
        """Return what kept answers follow from, besides requests; None if that cannot be told."""
        return None

    def _initialize_endpoints(self) -> list[Endpoint]:
        """Return what this register serves. All registers of a class serve the same."""
        return list(self.served)

    def reset(self) -> None:
        """Forget what has happened; called when the back-end is reset."""

    def known_answer(self, handler: str, arguments: Mapping[str, Any]) -> bytes | None:  # noqa: ARG002  # for subclasses
        """Return the JSON that a handler would answer with; None if it has to be called.

        Args:
            handler: The name of the method.
            arguments: Its arguments.
        """
        return None

    def connect(self, parts: Parts) -> None:
        """Take over what this register works with from the back-end that it is in; called once.

        A register that is used alone makes what it needs itself.

        Args:
            parts: The parts of the back-end, the other registers among them.
        """
        self.parts = parts
        # What it had for itself is no part of the back-end.
        for name in self._made_alone:
            del self.__dict__[name]

    def use_own(self, name: str, part: Any) -> Any:
        """Work with a part of its own until a back-end has one; return the one that is in use."""
        self.__dict__.setdefault("_made_alone", set()).add(name)
        # Of two threads the first one's counts.
        return self.__dict__.setdefault(name, part)

    def check_stored(self) -> None:
        """Check that all that is stored can be read; called when a back-end opens a store of its caller.

        Raises:
            StoreError: If something cannot; the message names it.
        """


class KeepingRegister(EndpointRegister):
    """Serve a resource that is kept, and changes with time.

    A back-end gives it its store and its clock; alone it has its own.
    """

    #: Store of the register.
    store = Part(JobStore, MemoryStore)
    #: Clock of the back-end.
    clock = Part(Clock)

    def __init__(self, settings: AppSettings | None = None, links: Links | None = None) -> None:
        super().__init__(settings, links)
        #: Held while something is read, changed and written as one step.
        self.lock = RLock()

    def _check_each(self, kind: str, read: Callable[[str, Document], object]) -> None:
        """Check that all documents of a kind can be read; raise ``StoreError`` if one cannot."""
        resources = self.store.resources
        for owner in resources.owners(kind):
            for key, document in resources.page(kind, owner).entries:
                what, removal = f"{key!r} of {kind} of {owner!r}", ("resources.remove", kind, owner, key)
                with readable(self.store, document, what, *removal, set_aside=self.settings.set_aside):
                    read(key, document)

    def _page(
        self, kind: str, path: str, owner: str, limit: int | None, *, after: str | None, before: str | None
    ) -> tuple[Sequence[tuple[str, Document]], list[Link]]:
        """Return a page of what an owner has of a kind, each by its key, and links to the pages around it."""
        limit = page_size(limit, self.settings.max_listing)
        page = self.store.resources.page(kind, owner, limit=limit, after=after, before=before)
        if not page.entries:
            return (), []
        url = f"{current_base(self.settings.url)}{path}"
        following = {"after": page.entries[-1][0]} if page.has_later else None
        before_it = {"before": page.entries[0][0]} if page.has_earlier else None
        return page.entries, page_links(url, limit, next=following, prev=before_it)

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
