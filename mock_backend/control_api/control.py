"""The application of the control API."""

import json
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.control import Order
from mock_backend.control_api import handlers
from mock_backend.control_api.bodies import answered, body_of
from mock_backend.control_api.calls import call_method
from mock_backend.control_api.exposed import EXPOSED, Exposed, ExposedMember
from mock_backend.control_api.front import PREFIX
from mock_backend.control_api.json_values import as_shown
from mock_backend.errors import FeatureUnsupported, NotFound, RequestInvalid
from mock_backend.http.app.rendering import error_response

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend

#: Of more orders given over HTTP the first are forgotten, once they are used up.
_MAX_GIVEN = 1000


class Control:
    """Answer the requests to ``/mock/``: orders as ``POST``, questions as ``GET``, settings as ``PATCH``.

    Args:
        is_closing: Tells whether the server is about to stop.
        after_reset: Gives the back-end what it was started with, after it was reset.
    """

    def __init__(
        self, backend: "MockBackend", *, is_closing: Callable[[], bool], after_reset: Callable[[], None]
    ) -> None:
        self.backend = backend
        self.is_closing = is_closing
        self._after_reset = after_reset
        self._given: dict[int, Order] = {}

    def reset(self) -> None:
        """Reset the back-end to what it was when it was started; uploads are forgotten, too."""
        self.backend.reset()
        self._after_reset()
        self._given.clear()
        for path in self.uploads.values():
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Forget the uploads for good."""
        if "folder" in self.__dict__:
            self._folder.cleanup()

    def order(self, number: int) -> Order:
        """Return an order in force, or given over HTTP and used up, or raise ``LookupError``."""
        given = self._given.get(number)
        found = given or next((each for each in self.backend.orders if each.id == number), None)
        if found is None:
            raise LookupError(f"There is no order with the id {number}.")
        return found

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        try:
            response = await self._answer(Request(scope, receive))
        except (ValueError, TypeError, OSError) as error:
            response = error_response(RequestInvalid(str(error)))
        except LookupError as error:
            response = error_response(NotFound(str(error.args[0] if error.args else error)))
        except Exception as error:
            response = error_response(error)
        await response(scope, receive, send)

    @cached_property
    def folder(self) -> Path:
        """Folder of uploads, until the process ends."""
        self._folder = tempfile.TemporaryDirectory(prefix="mock-backend-")
        return Path(self._folder.name)

    @property
    def uploads(self) -> dict[str, Path]:
        """The uploaded files by name."""
        return (
            {path.name: path for path in self.folder.iterdir() if path.name[0] != "."}
            if "folder" in self.__dict__
            else {}
        )

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix(PREFIX).rstrip("/")
        method = request.method
        for (known, template), handle in handlers.HANDLERS.items():
            if known == method and (found := template.fullmatch(path)):
                return await handle(self, request, **found.groupdict())
        exposed, values, rest = _find(path)
        target = exposed.find(self, **values)
        if len(rest) == 1 and (member := exposed.members.get(rest[0])) is not None:
            return await self._use(request, target, member)
        if rest:
            raise NotFound(f"There is nothing at {PREFIX}{path}; {PREFIX}/openapi.json lists what there is.")
        if method == "PATCH":
            return answered(self._set(target, exposed, await body_of(request)))
        if method == "DELETE" and "remove" in exposed.members:
            return answered(as_shown(call_method(target, exposed.members["remove"].value, {}, {})))
        if method not in ("GET", "HEAD"):
            raise FeatureUnsupported(f"{PREFIX}{path} does not take {method}.", status=405)
        return answered(handlers.shown_object(target, exposed))

    async def _use(self, request: Request, target: Any, member: ExposedMember) -> Response:
        if member.is_question != (request.method in ("GET", "HEAD")):
            right = "GET" if member.is_question else "POST"
            raise FeatureUnsupported(f"{member.key} is asked for with {right}.", status=405)
        if not member.is_method:
            return answered(as_shown(getattr(target, member.name)))
        if member.is_question:
            given = {name: _of_query(text) for name, text in request.query_params.items()}
            return answered(as_shown(call_method(target, member.value, given, {})))
        result = call_method(target, member.value, await body_of(request), self.uploads)
        if isinstance(result, Order):
            self._given[result.id] = result
            if len(self._given) > _MAX_GIVEN:
                del self._given[next(iter(self._given))]
        return answered(as_shown(result))

    def _set(self, target: Any, exposed: Exposed, values: dict[str, Any]) -> Any:
        for name, value in values.items():
            member = exposed.members.get(name)
            if member is None or not member.can_be_set:
                known = [each.name for each in exposed.members.values() if each.can_be_set]
                raise ValueError(
                    f"{exposed.kind.__name__} has no setting {name!r}; it has {', '.join(known)}."
                )
            setattr(target, name, value)
        return handlers.shown_object(target, exposed)


def _find(path: str) -> tuple[Exposed, dict[str, str], list[str]]:
    """Return what is exposed at a path, what the path names, and the rest of the path."""
    parts = [part for part in path.split("/") if part]
    best, values, rest = EXPOSED[0], dict[str, str](), parts
    for exposed in EXPOSED[1:]:
        template = exposed.prefix.split("/")[1:]
        # A member of a list, e.g. /jobs/select, is no element of it.
        is_member = template[-1][0] == "{" and len(rest) == 1 and rest[0] in best.members
        pairs = list(zip(template, parts, strict=False))
        fits = len(pairs) == len(template) and all(
            known in (given, "{" + known[1:]) for known, given in pairs
        )
        if fits and not is_member and len(parts) - len(template) < len(rest):
            best, rest = exposed, parts[len(template) :]
            values = {known[1:-1]: given for known, given in pairs if known[0] == "{"}
    return best, values, rest


def _of_query(text: str) -> Any:
    """Return the value of a parameter in a query: JSON if it is, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
