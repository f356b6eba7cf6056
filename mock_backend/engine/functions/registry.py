"""The processes that compute with numbers, texts, instants and arrays, by their ids."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import Parameter, signature
from typing import Any, TypeVar

import numpy as np

from mock_backend.errors import OpenEOError, ProcessParameterInvalid, ProcessParameterRequired
from mock_backend.workload import current_workload

Function = Callable[..., Any]
_Function = TypeVar("_Function", bound=Function)

#: Those that differ in a function only are ``partial`` ones of one, which gets what differs first.
FUNCTIONS: dict[str, Function] = {}
#: Those that compute each value of values at the same place, whatever is around it.
PIXELWISE: set[str] = set()


class InvalidArgument(Exception):
    """An argument that a process cannot compute with."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(reason)
        self.parameter = parameter


def process(function: _Function) -> _Function:
    """Register a function, with its parameters, as the process of its name without a final underscore."""
    FUNCTIONS[function.__name__.rstrip("_")] = function
    return function


def call(process_id: str, arguments: Mapping[str, Any]) -> Any:
    """Return the result of a process.

    Args:
        arguments: Its arguments; those that it does not know are ignored.

    Raises:
        OpenEOError: If an argument is missing or invalid, or as the definition of the process says.
    """
    function = FUNCTIONS[process_id]
    known, required = _parameters(function)
    missing = [name for name in required if name not in arguments]
    if missing:
        raise ProcessParameterRequired(parameter=missing[0], process=process_id)
    if (work := current_workload()) is not None:
        work.call()
        for each in arguments.values():
            work.weigh(each)
    try:
        with np.errstate(all="ignore"):
            return function(**{name: value for name, value in arguments.items() if name in known})
    except InvalidArgument as error:
        raise ProcessParameterInvalid(
            parameter=error.parameter, process=process_id, reason=f"{error}"
        ) from None


def process_failure(code: str, message: str) -> OpenEOError:
    """Return an error that the definition of a process names."""
    return OpenEOError(message, code=code, status=400)


@lru_cache(maxsize=512)
def _parameters(function: Function) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names of a function's parameters, and those without a default."""
    found = signature(function).parameters
    required = tuple(name for name, each in found.items() if each.default is Parameter.empty)
    return frozenset(found), required
