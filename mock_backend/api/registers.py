"""The registers of a back-end: ours, and those that take their places or come in addition."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Self, TypeVar

from mock_backend.api.extensions import registers_of
from mock_backend.api.files import FilesRegister
from mock_backend.api.models import Links
from mock_backend.api.register import EndpointRegister, taken_by
from mock_backend.api.services import ServicesRegister
from mock_backend.auth.accounts import AccountRegister
from mock_backend.auth.oidc import OidcRegister
from mock_backend.catalog import CapabilitiesRegister, CollectionsRegister, ItemsRegister
from mock_backend.jobs import DownloadsRegister, JobsRegister
from mock_backend.processes.definitions import ProcessesRegister, UserProcessesRegister
from mock_backend.processes.validation import ValidationRegister
from mock_backend.settings import AppSettings

_Register = TypeVar("_Register", bound=EndpointRegister)

#: Ours, in the order of service.
REGISTERS: tuple[type[EndpointRegister], ...] = (
    CapabilitiesRegister,
    CollectionsRegister,
    ItemsRegister,
    ProcessesRegister,
    UserProcessesRegister,
    ValidationRegister,
    AccountRegister,
    OidcRegister,
    JobsRegister,
    DownloadsRegister,
    ServicesRegister,
    FilesRegister,
)


class Registers(tuple[EndpointRegister, ...]):
    """The registers of one back-end, in the order of service."""

    __slots__ = ()

    @classmethod
    def made_of(cls, custom: Iterable[type[EndpointRegister]], settings: AppSettings, links: Links) -> Self:
        """Return our registers with somebody's own in their places, or behind them.

        Raises:
            TypeError: If something is no class of registers.
            ValueError: If two would take one place.
        """
        ours = (*REGISTERS, *registers_of(settings.extensions)) if settings.extensions else REGISTERS
        return cls(register(settings, links) for register in _in_service(custom, ours))

    def one(self, kind: type[_Register]) -> _Register:
        """Return the register that is of a class."""
        return next(each for each in self if isinstance(each, kind))

    def operations(self) -> set[tuple[str, str]]:
        """Return method and path template of everything that is served."""
        return {
            (method, endpoint.path)
            for register in self
            for endpoint in register.endpoints
            for method in endpoint.answered
        }

    def collaborate(self, **collaborators: object) -> None:
        """Let registers know each other, and these parts of the back-end."""
        known = {each.provides: each for each in self if each.provides is not None}
        parts = {"registers": self, **collaborators, **known}
        for register, taken in zip(self, _taken(tuple(map(type, self)), tuple(parts)), strict=True):
            if taken is None:
                register.collaborate(**parts)
            else:
                register.take(taken, parts)

    def reset(self) -> None:
        """Let all of them forget what has happened."""
        for register in self:
            register.reset()


@lru_cache(maxsize=100)
def _taken(classes: tuple[type[EndpointRegister], ...], names: tuple[str, ...]) -> list[Sequence[str] | None]:
    """Return the names of parts that each class takes; None if it takes them in its own way."""
    ours = EndpointRegister.collaborate
    return [taken_by(each, names) if each.collaborate is ours else None for each in classes]


def _in_service(
    registers: Iterable[type[EndpointRegister]], ours: Sequence[type[EndpointRegister]]
) -> list[type[EndpointRegister]]:
    classes = list(ours)
    taken: list[int] = []
    for custom in registers:
        if not (isinstance(custom, type) and issubclass(custom, EndpointRegister)):
            raise TypeError(f"registers takes subclasses of EndpointRegister, not {custom!r}.")
        place = next((i for i, standard in enumerate(ours) if issubclass(custom, standard)), None)
        if any(issubclass(custom, ours[i]) for i in taken):
            raise ValueError(f"Two registers would take the same place; the second is {custom.__name__}.")
        if place is None:
            classes.append(custom)
        else:
            classes[place] = custom
            taken.append(place)
    return classes
