"""Calls of Python functions with arguments from JSON or from a query."""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace, UnionType
from typing import Any, Union, Unpack, get_args, get_origin, get_type_hints

from mock_backend.control import FaultOrder
from mock_backend.errors.suggestions import check_members
from mock_backend.lifecycle.plain import names_of

#: The member that names an uploaded file in the place of a path.
UPLOAD = "upload"

Uploads = Mapping[str, Path]


class CallParameter:
    """A parameter of a function, as JSON gives it; without a default, that is ``inspect.Parameter.empty``."""

    def __init__(self, name: str, annotation: Any, default: Any) -> None:
        self.name = name
        self.annotation = annotation
        self.default = default
        is_union = get_origin(annotation) in (Union, UnionType)
        options = set(get_args(annotation) if is_union else (annotation,)) - {type(None)}
        #: True if its value is a callable object of Python, which JSON cannot hold.
        self.is_callable = bool(options) and all(
            getattr(get_origin(each), "__name__", "") == "Callable" for each in options
        )
        #: Dataclass of ours that its value is made of, if any: a plan, a capacity.
        self.kind: Any = next((each for each in options if is_dataclass(each)), None)
        #: True if a text may be the path of a file, which only the operator of the back-end may choose.
        self.takes_paths = name == "data" or any(get_origin(each) is os.PathLike for each in options)

    def read(self, value: Any, uploads: Uploads) -> Any:
        """Return the argument that JSON stands for; raise ``ValueError`` if it stands for none."""
        if self.kind is not None and isinstance(value, dict):
            check_members(self.kind.__name__, value, names_of(self.kind))
            return self.kind(**value)
        if self.takes_paths and isinstance(value, str) and (self.name != "collection" or _is_path(value)):
            raise ValueError(
                f"{self.name} cannot be the path {value!r} over HTTP: upload the file with PUT "
                f'/mock/uploads/NAME, and give {{"{UPLOAD}": "NAME"}}.'
            )
        return _with_uploads(value, uploads)


@lru_cache(maxsize=256)
def parameters_of(function: Callable[..., Any]) -> tuple[dict[str, CallParameter], bool]:
    """Return the parameters of a method that JSON can give, and whether it takes others as well."""
    hints = _hints_of(function)
    given = list(inspect.signature(function).parameters.values())[1:]
    named = [
        CallParameter(each.name, hints.get(each.name, Any), each.default)
        for each in given
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    typed = typed_others(function)
    for each in typed:
        named += [CallParameter(name, hint, None) for name, hint in get_type_hints(each).items()]
    takes_others = not typed and any(each.kind is each.VAR_KEYWORD for each in given)
    several = [each.name for each in given if each.kind is each.VAR_POSITIONAL]
    listed = {name: CallParameter(name, list[Any], []) for name in several}
    return listed | {each.name: each for each in named if not each.is_callable}, takes_others


def typed_others(function: Callable[..., Any]) -> list[type]:
    """Return the class that names the other arguments of a method, if one does."""
    found = [each for each in _hints_of(function).values() if get_origin(each) is Unpack]
    return [get_args(each)[0] for each in found]


def _hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of the parameters of a method; of what only type checkers import, any."""
    annotations = {name: each for name, each in function.__annotations__.items() if name != "return"}
    try:
        return get_type_hints(SimpleNamespace(__annotations__=annotations), function.__globals__)
    except NameError:
        return {name: Any if isinstance(each, str) else each for name, each in annotations.items()}


def call_method(target: Any, function: Callable[..., Any], given: Mapping[str, Any], uploads: Uploads) -> Any:
    """Call a method with arguments by name; raise ``ValueError`` if they are not what it takes."""
    if "fault" in function.__annotations__:
        # Kinds of faults and conditions are members of one object, as in scenario files.
        return target.order(FaultOrder.from_dict(given))
    parameters, takes_others = parameters_of(function)
    if not takes_others:
        check_members(f"{function.__name__}()", given, parameters.keys())
    if missing := [
        name
        for name, each in parameters.items()
        if each.default is inspect.Parameter.empty and name not in given
    ]:
        raise ValueError(f"{function.__name__}() needs {' and '.join(missing)}.")
    arguments = {
        name: parameters[name].read(value, uploads) if name in parameters else _with_uploads(value, uploads)
        for name, value in given.items()
    }
    positional: list[Any] = []
    for name, each in inspect.signature(function).parameters.items():
        if name in arguments and each.kind is each.POSITIONAL_ONLY:
            positional.append(arguments.pop(name))
        elif name in arguments and each.kind is each.VAR_POSITIONAL:
            positional += arguments.pop(name)
    return function(target, *positional, **arguments)


def _with_uploads(value: Any, uploads: Uploads) -> Any:
    """Return a value with paths in the places of the names of uploads."""
    if isinstance(value, dict):
        if value.keys() == {UPLOAD}:
            name = value[UPLOAD]
            if name not in uploads:
                raise ValueError(
                    f"Nothing was uploaded as {name!r}; there is: {', '.join(uploads) or 'nothing'}."
                )
            return uploads[name]
        return {name: _with_uploads(each, uploads) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_uploads(each, uploads) for each in value]
    return value


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.lower().endswith(".json")
