"""Views of what a test looks at; a choice that finds nothing tells what was nearest."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar, overload

from mock_backend.errors.suggestions import did_you_mean

_Item = TypeVar("_Item")
#: The most items that a message names.
_MOST = 5


class View(Sequence[_Item], Generic[_Item]):
    """All things of a kind, oldest first: chosen by their attributes, and counted by them."""

    kind: type[_Item]
    noun: str
    #: The attribute to count by, if none is named.
    counted_by: ClassVar[str] = "status"

    @overload
    def __getitem__(self, index: int) -> _Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[_Item]: ...
    def __getitem__(self, index: int | slice) -> _Item | list[_Item]:
        return self._items()[index]

    def _items(self) -> list[_Item]:
        return list(self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.noun}s{': ' if self else ''}{self._told(self[-_MOST:])}>"

    def select(self, **conditions: object) -> list[_Item]:
        """Return those whose attributes have these values, e.g. ``status="error"``.

        Raises:
            TypeError: If they have no such attribute.
        """
        return self._chosen(self, conditions)

    def one(self, **conditions: object) -> _Item:
        """Return the only one with these attributes.

        Raises:
            LookupError: If there is none, or more than one; the message tells the nearest one.
        """
        return self._only(list(self), conditions)

    def counts(self, by: str | None = None) -> dict[Any, int]:
        """Return how many there are of each value of an attribute.

        Args:
            by: The attribute; of jobs and services the status by default, of exchanges the operation.

        Raises:
            TypeError: If they have no such attribute.
        """
        name = self.counted_by if by is None else by
        self._check(name)
        return dict(Counter(getattr(each, name) for each in self))

    def _told(self, items: Iterable[_Item]) -> str:
        return ", ".join(map(repr, items))

    def _check(self, name: str) -> None:
        known = [each for each in dir(self.kind) if isinstance(getattr(self.kind, each), property)]
        known += [*getattr(self.kind, "selectable", ()), *getattr(self.kind, "model_fields", ())]
        if name not in known:
            kind = self.kind.__name__
            raise TypeError(f"{kind} has no attribute {name!r} to select by.{did_you_mean(name, known)}")

    def _chosen(self, items: Iterable[_Item], conditions: Mapping[str, object]) -> list[_Item]:
        for name in conditions:
            self._check(name)
        return [item for item in items if not _misses(item, conditions)]

    def _only(self, items: Sequence[_Item], conditions: Mapping[str, object], wanted: str = "") -> _Item:
        found = self._chosen(items, conditions)
        if len(found) == 1:
            return found[0]
        told = [wanted] * bool(wanted) + [f"{name}={value!r}" for name, value in conditions.items()]
        with_these = f" with {', '.join(told)}" if told else ""
        text = f"Expected one {self.noun}{with_these}, found {len(found)}"
        if not items and self:
            raise LookupError(f"{text}. The latest are: {self._told(self[-_MOST:])}.")
        if not items:
            raise LookupError(f"{text}. There is no {self.noun} at all.")
        text = f"{text}. There are: <{len(items)} in all: {self._told(items[:_MOST])}>."
        if found:
            raise LookupError(f"{text} Give more conditions, or use select().")
        nearest = min(items, key=lambda item: len(_misses(item, conditions)))
        missed = ", ".join(f"{name}={value!r}" for name, value in _misses(nearest, conditions).items())
        raise LookupError(f"{text} The nearest one has {missed}: leave that condition out to find it.")


def _misses(item: object, conditions: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, wanted in conditions.items() if (value := getattr(item, name)) != wanted}
