"""Our quick dataclasses are those of the standard library in all that can be seen of them."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest

from mock_backend import dataclass as quick

Maker = Callable[..., Any]
MAKERS = (dataclasses.dataclass, quick.dataclass)


def point(dataclass: Maker, **options: Any) -> Any:
    @dataclass(**options)
    class Point:
        """A point."""

        kind: ClassVar[str] = "point"

        x: int
        y: float = 0.5
        tags: list[str] = field(default_factory=list, compare=False)
        weight: int = field(default=1, repr=False, hash=False)
        seen: list[int] = field(init=False, default_factory=list, compare=False)

        def __post_init__(self) -> None:
            self.seen.append(self.x)

    return Point


OPTIONS = ({}, {"frozen": True}, {"eq": False}, {"frozen": True, "kw_only": True}, {"repr": False})


def observed(made: Any) -> list[object]:
    """Observe everything about a class but where its instances are in memory."""

    def outcome(action: Callable[[], object]) -> object:
        try:
            return action()
        except Exception as error:
            return type(error), str(error)

    one, same, other = made(x=1), made(x=1, tags=["a"]), made(x=1, weight=2)
    return [
        str(inspect.signature(made)),
        made.__match_args__,
        made.__doc__,
        made.__init__.__qualname__,
        [(each.name, each.type) for each in dataclasses.fields(made)],
        str(made.__dataclass_params__),
        repr(one).replace(str(id(one)), "").partition(" object at")[0],
        (one == same, one == other, one == 1, one == one),
        outcome(lambda: hash(one) == hash(same) == hash(other)),
        outcome(lambda: setattr(one, "x", 2)),
        outcome(lambda: setattr(one, "z", 2)),
        outcome(lambda: delattr(one, "y")),
        dataclasses.asdict(one),
        dataclasses.asdict(dataclasses.replace(same, y=3)),
        vars(copy.deepcopy(same)),
        outcome(lambda: vars(made(1, 2.0, ["b"], 3))),
        outcome(lambda: made()),
        outcome(lambda: made(x=1, seen=[])),
    ]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_class_is_as_one_of_the_standard_library(options):
    theirs, ours = (observed(point(maker, **options)) for maker in MAKERS)

    assert ours == theirs


@pytest.mark.parametrize("makers", [(a, b) for a in MAKERS for b in MAKERS], ids=["tt", "tq", "qt", "qq"])
def test_classes_of_either_kind_inherit_from_those_of_the_other(makers):
    base = point(makers[0], frozen=True)

    @makers[1](frozen=True)
    class Named(base):
        name: str = ""

    class Plain(Named):
        pass

    assert dataclasses.asdict(Named(1, name="a")) == {
        "x": 1, "y": 0.5, "tags": [], "weight": 1, "seen": [1], "name": "a",
    }  # fmt: skip
    assert Named(1) != base(1)
    assert Named(1) != Plain(1)
    assert Named(1, name="a") == Named(1, name="a")
    for name in ("x", "name", "other"):
        with pytest.raises(FrozenInstanceError):
            setattr(Named(1), name, 2)
    plain = Plain(1)
    plain.other = 2
    with pytest.raises(FrozenInstanceError):
        plain.x = 2
    with pytest.raises(TypeError, match="cannot inherit non-frozen"):
        makers[1](type("Loose", (base,), {}))


@pytest.mark.parametrize("dataclass", MAKERS)
def test_methods_of_the_class_itself_stay(dataclass):
    @dataclass(frozen=True)
    class Own:
        x: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    assert (repr(Own(1)), Own(1) == 3, hash(Own(1))) == ("own", True, 7)


@quick.dataclass(frozen=True)
class Kept:
    """Kept."""

    x: int
    own: Any = None


def test_instances_are_pickled_and_show_what_holds_itself():
    holder: list[Any] = []
    holder.append(Kept(1, holder))

    assert pickle.loads(pickle.dumps(Kept(1))) == Kept(1)
    assert repr(holder[0]) == "Kept(x=1, own=[...])"
