"""The short way to an endpoint, for requests without surprises.

FastAPI's solving of dependencies takes about as long as all the rest of a request. A regular
request needs none of it: its parameters are checked by the same pydantic types, its user comes
from the same place. Whatever is irregular (a value that does not fit, another kind of body, a
signature with dependencies of its own) goes FastAPI's way, so that there is one place where
errors come from.
"""

import inspect
from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json
from starlette.types import Scope

from mock_backend.api.parameters import HTTP_LIMIT, LIMITS, HeaderValue, QueryName, dependency_of
from mock_backend.auth.accounts import Authenticator, user_of
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.request_body import check_parts, header_of
from mock_backend.http.content import raw_body

_JSON = b"application/json"

_PLAIN = (str, int, float, bool, NoneType)


class Shortcut:
    """Way to get the arguments of one endpoint out of a request."""

    def __init__(self) -> None:
        # Parameters in the path and in the query, with what checks them.
        self._path: dict[str, TypeAdapter[Any] | None] = {}
        self._query: dict[str, TypeAdapter[Any]] = {}
        #: Those of the query that have no default, and the defaults of the others.
        self._required: set[str] = set()
        self._defaults: dict[str, Any] = {}
        #: Names in Python of parameters that have another one in the query.
        self._names: dict[str, str] = {}
        #: Parameters that are headers, with the headers' names and defaults.
        self._headers: dict[str, tuple[bytes, str | None]] = {}
        #: Name and model of the body, if the endpoint takes one.
        self._body: tuple[str, type[BaseModel]] | None = None
        #: Name of the parameter for a body that is not looked into, if the endpoint takes one.
        self._raw: str | None = None
        #: Name of the parameter for the user, if the endpoint has one.
        self._user: str | None = None
        #: True if the endpoint also answers requests without a user.
        self._user_is_optional = False

    @classmethod
    def of(cls, template: str, parameters: Sequence[inspect.Parameter]) -> "Shortcut | None":
        """Return the shortcut of an endpoint with these parameters; None if it has to go FastAPI's way."""
        shortcut = cls()
        for parameter in parameters:
            if not shortcut._take(template, parameter):
                return None
        return shortcut

    @property
    def takes_body(self) -> bool:
        """True if the endpoint reads the request's body."""
        return self._body is not None or self._raw is not None

    def arguments(self, scope: Scope, parameters: dict[str, str], body: bytes) -> dict[str, Any] | None:
        """Return the endpoint's arguments; None if the request is not a regular one.

        Raises:
            OpenEOError: If the request is regular but its user is not.
        """
        if "mock_backend.is_irregular" in scope:
            return None
        found = dict(self._defaults)
        try:
            for name, adapter in self._path.items():
                found[name] = (
                    parameters[name] if adapter is None else adapter.validate_python(parameters[name])
                )
            if self._query and not self._read_query(scope["query_string"], found):
                return None
            if self._body is not None:
                if not body or not _is_json(scope):
                    return None
                name, model = self._body
                check_parts(body)
                found[name] = model.model_validate(from_json(body))
        except ValueError:  # of no JSON, and of values that the model does not take
            # A large body is not read a second time to find the same.
            scope["mock_backend.is_irregular"] = True
            return None
        if self._raw is not None:
            found[self._raw] = body
        for name, (header, default) in self._headers.items():
            value = header_of(scope, header)
            found[name] = default if value is None else value
        if self._user is not None:
            backend: ServedBackEnd = scope["mock_backend"]
            given = header_of(scope, b"authorization")
            anonymous = given is None and self._user_is_optional
            known = scope.get("mock_backend.user")
            user = None if anonymous else known or user_of(backend, given)
            found[self._user] = scope["mock_backend.user"] = user
        return found

    def _read_query(self, query: bytes, found: dict[str, Any]) -> bool:
        if not query:
            return not self._required
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        values = dict(pairs)
        if len(values) != len(pairs) or not self._required <= values.keys():
            return False
        for name, text in values.items():
            if name in self._query:
                found[self._names.get(name, name)] = self._query[name].validate_python(text)
        return True

    def _take(self, template: str, parameter: inspect.Parameter) -> bool:
        """Find out where a parameter's value comes from; False if that is FastAPI's business."""
        name, kind, default = parameter.name, parameter.annotation, parameter.default
        if (dependency := dependency_of(parameter)) is raw_body:
            taken, self._raw = self._raw or self._body, name
            return taken is None
        if dependency is not None:
            self._user = name
            self._user_is_optional = dependency is Authenticator.validate_if_given
            return self._user_is_optional or dependency is Authenticator.validate
        if isinstance(default, HeaderValue):
            self._headers[name] = (name.replace("_", "-").encode(), default.default)
            return True
        if name == "limit" and kind in LIMITS:
            kind, default = HTTP_LIMIT, None
        elif get_origin(kind) is Annotated:
            kind, *marks = get_args(kind)
            if len(marks) != 1 or not isinstance(marks[0], QueryName):
                return False
            self._names[marks[0].alias] = name
            name = marks[0].alias
        if f"{{{name}}}" in template:
            self._path[name] = None if kind in (str, inspect.Parameter.empty) else TypeAdapter(kind)
            return True
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            taken, self._body = self._body or self._raw, (name, kind)
            return taken is None
        if not _is_plain(kind) or not (default is inspect.Parameter.empty or isinstance(default, _PLAIN)):
            return False
        self._query[name] = TypeAdapter(kind)
        if default is inspect.Parameter.empty:
            self._required.add(name)
        else:
            self._defaults[parameter.name] = default
        return True


def _is_plain(kind: Any) -> bool:
    """Tell whether FastAPI would take a parameter of this type from the query, and as it is."""
    if kind in _PLAIN or kind == HTTP_LIMIT or get_origin(kind) is Literal:
        return True
    return get_origin(kind) in (Union, UnionType) and all(map(_is_plain, get_args(kind)))


def _is_json(scope: Scope) -> bool:
    kind = header_of(scope, b"content-type")
    return kind is not None and kind.partition(";")[0].strip().lower().encode() == _JSON
