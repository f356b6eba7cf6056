"""Views of the services of a back-end for tests."""

from collections.abc import Iterable, Iterator

from mock_backend.api.services.register import ServicesRegister
from mock_backend.api.services.service import Service
from mock_backend.control.view import View


class ServicesView(View[Service]):
    """All services of a back-end, of all its users, in the order of creation.

    Each is what it was when it was looked at; changing it changes nothing.
    """

    kind, noun, counted_by = Service, "service", "type"

    def __init__(self, register: ServicesRegister) -> None:
        self._register = register

    def __iter__(self) -> Iterator[Service]:
        return iter(self._register.all())

    def _told(self, items: Iterable[Service]) -> str:
        return ", ".join(f"{each.service_id} {each.type} {each.title!r}" for each in items)
