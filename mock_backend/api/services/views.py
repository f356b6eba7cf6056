"""Views of the services of a back-end for tests."""

from collections.abc import Iterator, Sequence
from typing import overload

from mock_backend.api.services.register import ServicesRegister
from mock_backend.api.services.service import Service


class ServicesView(Sequence[Service]):
    """All services of a back-end, of all its users, in the order of creation.

    Each is what it was when it was looked at; changing it changes nothing.
    """

    def __init__(self, register: ServicesRegister) -> None:
        self._register = register

    @overload
    def __getitem__(self, index: int) -> Service: ...
    @overload
    def __getitem__(self, index: slice) -> list[Service]: ...
    def __getitem__(self, index: int | slice) -> Service | list[Service]:
        return list(self)[index]

    def __iter__(self) -> Iterator[Service]:
        return iter(self._register.all())

    def __len__(self) -> int:
        return len(self._register.all())

    def __repr__(self) -> str:
        told = ", ".join(f"{each.service_id} {each.type} {each.title!r}" for each in self[:20])
        return f"<{len(self)} services{': ' if told else ''}{told}>"

    def select(self, **conditions: object) -> list[Service]:
        """Return the services whose attributes have these values, e.g. ``type="XYZ"``.

        Raises:
            TypeError: If a service has no such attribute.
        """
        for name in conditions:
            if name not in Service.model_fields:
                raise TypeError(f"A service has no attribute {name!r} to select by.")
        return [
            service
            for service in self
            if all(getattr(service, name) == value for name, value in conditions.items())
        ]

    def one(self, **conditions: object) -> Service:
        """Return the only service with these attributes.

        Raises:
            LookupError: If there is none, or more than one; the message lists what there is.
        """
        found = self.select(**conditions)
        if len(found) != 1:
            wanted = ", ".join(f"{name}={value!r}" for name, value in conditions.items()) or "any service"
            raise LookupError(f"Expected one service with {wanted}, found {len(found)}. There are: {self!r}")
        return found[0]
