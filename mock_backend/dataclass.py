"""Dataclasses that are made quickly: making them is a large part of what a first test waits for.

``dataclasses`` compiles up to six functions for each class. Here only ``__init__`` is compiled, when it is
first asked for; the others are closures.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]


class _Factory:
    """Default of a parameter whose value is made anew for each instance."""

    def __repr__(self) -> str:
        return "<factory>"  # as signatures of the standard library's have it


_NEW = _Factory()

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, repr=True, kw_only=False):  # noqa: A002  # as theirs
        """Make a class a dataclass, as ``dataclasses.dataclass`` does.

        Args:
            cls: The class; without one, return the decorator.
            frozen: True to refuse assignments to its fields.
            eq: True to compare instances, and to hash frozen ones, by their fields.
            repr: True to show the fields in ``repr``.
            kw_only: True to take no positional arguments.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, eq=eq, repr=repr, kw_only=kw_only)
        inherits = any(map(dataclasses.is_dataclass, cls.__bases__))
        if cls.__doc__ is None:
            cls.__doc__ = cls.__name__  # else the signature, which takes long to tell
        dataclasses.dataclass(
            cls, init=False, repr=False, eq=False, frozen=frozen and inherits, kw_only=kw_only
        )
        params = cls.__dataclass_params__
        params.init, params.repr, params.eq, params.frozen = True, repr, eq, frozen
        own = dict(vars(cls))
        if own.get("__hash__") is None and eq:
            cls.__hash__ = _hash(cls) if frozen else None
        made: dict[str, Any] = {"__init__": _Init(cls, frozen)}
        if repr:
            made["__repr__"] = _repr
        if eq:
            made["__eq__"] = _eq(cls)
        if frozen and not inherits:
            made |= _frozen(cls)
        for name, method in made.items():
            if name not in own:
                setattr(cls, name, method)
        return cls


class _Init:
    """``__init__`` of a class of which there is no instance yet: the function takes its place."""

    def __init__(self, cls: type[Any], frozen: bool) -> None:
        self._cls = cls
        self._frozen = frozen

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        made = _init(self._cls, self._frozen)
        if self._cls.__dict__.get("__init__") is self:
            self._cls.__init__ = made
        return made.__get__(instance, owner)


def _init(cls: type[Any], frozen: bool) -> Callable[..., None]:
    known: dict[str, Any] = {"__name__": cls.__module__, "__put": object.__setattr__, "__new": _NEW}
    parameters: dict[bool, list[str]] = {False: ["self"], True: ["*"]}
    lines = []
    for each in fields(cls):
        name = value = parameter = each.name
        if each.default is not MISSING:
            known[f"__{name}"] = each.default
            parameter = f"{name}=__{name}"
        elif each.default_factory is not MISSING:
            known[f"__{name}"] = each.default_factory
            parameter = f"{name}=__new"
            value = f"__{name}() if {name} is __new else {name}" if each.init else f"__{name}()"
        if each.init:
            parameters[bool(each.kw_only)].append(parameter)
        elif each.default_factory is MISSING:
            continue
        lines.append(f"__put(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    named = parameters[True] if len(parameters[True]) > 1 else []
    exec(f"def __init__({', '.join(parameters[False] + named)}): {'; '.join(lines) or 'pass'}", known)  # noqa: S102  # of names of fields only
    made: Callable[..., None] = known.pop("__init__")
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {each.name: each.type for each in fields(cls) if each.init} | {"return": None}
    return made


def _values(members: Sequence[Field[Any]]) -> Callable[[Any], tuple[Any, ...]]:
    names = [each.name for each in members]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _eq(cls: type[Any]) -> Callable[[Any, object], bool]:
    values = _values([each for each in fields(cls) if each.compare])

    def equals(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _hash(cls: type[Any]) -> Callable[[Any], int]:
    values = _values([each for each in fields(cls) if (each.compare if each.hash is None else each.hash)])
    return lambda self: hash(values(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _frozen(cls: type[Any]) -> dict[str, Callable[..., None]]:
    names = {each.name for each in fields(cls)}

    def assign(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def delete(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return {"__setattr__": assign, "__delattr__": delete}
