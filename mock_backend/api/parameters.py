"""Marks of endpoints' parameters that come from a header, under another name, or from a dependency.

They stand for FastAPI's marks of the same names. Importing FastAPI takes longer than most tests, and
regular requests are answered without it; routes that FastAPI does serve get its own marks instead.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Optional, get_args, get_origin

from pydantic import BeforeValidator, Field

from mock_backend.dataclass import dataclass

#: The annotations of parameters called ``limit`` that are the size of a page.
LIMITS = (int, int | None, Optional[int])  # noqa: UP045  # the interface we follow spells it so


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


#: Over HTTP a listing without ``limit``, or with an empty one, is complete (openEO API 1.2, "Pagination");
#: the method's own default is for callers in Python.
HTTP_LIMIT = Annotated[int | None, Field(ge=1), BeforeValidator(_none_if_empty)]


@dataclass(frozen=True)
class Dependency:
    """A parameter whose value a function finds in the request."""

    dependency: Callable[..., Any]


@dataclass(frozen=True)
class HeaderValue:
    """A parameter that is the request's header of its name; the default stands in for a missing one."""

    default: str | None


@dataclass(frozen=True)
class QueryName:
    """The name that a parameter has in the query, where Python does not allow it."""

    alias: str


#: Marks a parameter whose value a function finds in the request, as ``fastapi.Depends`` does.
Depends: Any = Dependency
#: Marks a parameter that is a header of the request, as ``fastapi.Header`` does.
Header: Any = HeaderValue


def dependency_of(parameter: inspect.Parameter) -> Callable[..., Any] | None:
    """Return the function that finds a parameter's value, by our mark or FastAPI's; None without one."""
    kind = parameter.annotation
    noted = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    for mark in (parameter.default, *noted):
        # FastAPI's mark is only there if FastAPI has been imported, so its name will do.
        if isinstance(mark, Dependency) or (
            type(mark).__name__ == "Depends" and type(mark).__module__ == "fastapi.params"
        ):
            found: Callable[..., Any] | None = mark.dependency
            return found
    return None


def for_fastapi(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return a parameter with FastAPI's marks in the place of ours."""
    from fastapi import Depends, Header, Query

    kind, default = parameter.annotation, parameter.default
    if parameter.name == "limit" and kind in LIMITS:
        return parameter.replace(annotation=HTTP_LIMIT, default=None)
    if isinstance(default, Dependency):
        return parameter.replace(default=Depends(default.dependency))
    if isinstance(default, HeaderValue):
        return parameter.replace(default=Header(default.default))
    if get_origin(kind) is Annotated:
        plain, *marks = get_args(kind)
        for mark in marks:
            if isinstance(mark, QueryName):
                return parameter.replace(annotation=Annotated[plain, Query(alias=mark.alias)])
    return parameter
