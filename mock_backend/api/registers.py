"""The registers of a back-end: ours, and those that take their places or come in addition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar, cast

from mock_backend.api.extensions import registers_of
from mock_backend.api.files import FilesRegister
from mock_backend.api.models import Links
from mock_backend.api.register import EndpointRegister, Parts, first_of_each_class
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
        """Return our registers with custom ones in their places, or behind them.

        Raises:
            TypeError: If something is no class of registers.
            ValueError: If two would take one place.
        """
        ours = (*REGISTERS, *registers_of(settings.extensions)) if settings.extensions else REGISTERS
        return cls(register(settings, links) for register in _in_service(custom, ours))

    def one(self, kind: type[_Register]) -> _Register:
        """Return the register that is of a class."""
        return cast("_Register", self[first_of_each_class(tuple(map(type, self)))[kind]])

    def operations(self) -> set[tuple[str, str]]:
        """Return method and path template of everything that is served."""
        return {
            (method, endpoint.path)
            for register in self
            for endpoint in register.endpoints
            for method in endpoint.answered
        }

    def connect(self, parts: Iterable[object], protocols: Mapping[type[Any], object]) -> None:
        """Let registers take over each other, and these parts of the back-end; see ``Parts``."""
        found = Parts(self, parts, protocols)
        for register in self:
            register.connect(found)

    def check_stored(self) -> None:
        """Let all of them check that what they have stored can be read."""
        for register in self:
            register.check_stored()

    def reset(self) -> None:
        """Let all of them forget what has happened."""
        for register in self:
            register.reset()


def _in_service(
    registers: Iterable[type[EndpointRegister]], ours: Sequence[type[EndpointRegister]]
) -> list[type[EndpointRegister]]:
    classes = list(ours)
    taken: list[int] = []
    for custom in registers:
        if not (isinstance(custom, type) and issubclass(custom, EndpointRegister)):
            raise TypeError(f"registers takes subclasses of EndpointRegister, got {custom!r}.")
        place = next((i for i, standard in enumerate(ours) if issubclass(custom, standard)), None)
        if any(issubclass(custom, ours[i]) for i in taken):
            raise ValueError(f"Two registers would take the same place; the second is {custom.__name__}.")
        if place is None:
            classes.append(custom)
        else:
            classes[place] = custom
            taken.append(place)
    return classes
