"""Dimensions of data cubes and, as far as they are known, their labels."""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from itertools import product
from typing import Any

from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass


@dataclass(frozen=True)
class Dimension:
    """A dimension of a data cube."""

    name: str
    kind: str  #: ``spatial``, ``temporal``, ``bands``, ``geometry`` or ``other``
    labels: tuple[Any, ...] | None = None  #: Its labels; None if they are not enumerated, or not known
    #: Other names, e.g. the common names of bands, and which labels each stands for.
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: frozenset[Any] = frozenset()  #: Labels and aliases that it had before a selection
    axis: str | None = None  #: ``x``, ``y`` or ``z`` if it is spatial

    @cached_property
    def places(self) -> Mapping[Any, int]:
        """First position of each known label."""
        labels = self.labels or ()
        return {label: len(labels) - 1 - place for place, label in enumerate(reversed(labels))}

    def has(self, label: Any) -> bool:
        """Tell whether the label may exist: known labels and aliases do, and all do where none is known."""
        return (
            self.labels is None
            or (isinstance(label, Hashable) and label in self.places)
            or bool(self._meant(label))
        )

    def only(self, labels: Sequence[Any]) -> "Dimension":
        """Return the dimension with these labels only, in this order.

        An alias stands for all its labels, in their own order, unless a label has the same name.
        """
        if self.labels is None:
            return self
        kept: dict[Any, None] = {}
        for label in labels:
            kept |= dict.fromkeys([label] if label in self.places else self._meant(label))
        aliases = self._aliases_of(kept)
        gone = {*self.labels, *self.aliases} - {*kept, *aliases}
        return replace(self, labels=tuple(kept), aliases=aliases, left_out=self.left_out | gone)

    def renamed(self, names: Mapping[Any, Any]) -> "Dimension":
        """Return the dimension with other labels in the place of some."""
        if self.labels is None:
            return self
        labels = tuple(names.get(each, each) for each in self.labels)
        return replace(self, labels=labels, aliases=self._aliases_of(set(labels)))

    def unlabelled(self) -> "Dimension":
        """Return the dimension without its labels."""
        return replace(self, labels=None, aliases={})

    def _meant(self, label: Any) -> tuple[str, ...]:
        return self.aliases.get(label, ()) if isinstance(label, str) else ()

    def _aliases_of(self, labels: Container[Any]) -> dict[str, tuple[str, ...]]:
        """Return the other names of some labels."""
        return {
            alias: left
            for alias, meant in self.aliases.items()
            if (left := tuple(each for each in meant if each in labels))
        }


def described_dimensions(metadata: Mapping[str, Any]) -> tuple[Dimension, ...] | None:
    """Return the dimensions that a collection's STAC metadata describe, which never change; None if none."""
    # Together with the metadata, so that nothing else can get their place in memory.
    return _known.get(id(metadata), lambda: (metadata, _described(metadata)))[1]


_known: Kept[tuple[Mapping[str, Any], tuple[Dimension, ...] | None]] = Kept(500)


def only_of_bands(dimensions: Iterable[Dimension]) -> Dimension | None:
    """Return the dimension of bands, if there is just one."""
    found = [each for each in dimensions if each.kind == "bands"]
    return found[0] if len(found) == 1 else None


def _described(metadata: Mapping[str, Any]) -> tuple[Dimension, ...] | None:
    described = metadata.get("cube:dimensions")
    if not isinstance(described, dict) or not all(isinstance(each, dict) for each in described.values()):
        return None
    found = []
    for name, each in described.items():
        kind, values = each.get("type", "other"), each.get("values")
        # Other dimensions list at most some of their labels, e.g. instants.
        if kind == "bands" and isinstance(values, list) and values and are_labels(values):
            found.append(Dimension(name, kind, tuple(values), _other_names(metadata)))
        else:
            found.append(Dimension(name, str(kind), axis=each.get("axis")))
    return tuple(found)


def are_labels(values: Iterable[Any]) -> bool:
    """Tell whether values are what labels can be: texts and numbers."""
    return all(isinstance(each, str | int | float) for each in values)


def _other_names(metadata: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the common names and aliases of a collection's bands, and the bands each stands for."""
    summaries = metadata.get("summaries")
    places = [metadata, summaries] if isinstance(summaries, dict) else [metadata]
    for place, member in product(places, ("bands", "eo:bands")):
        names: dict[str, tuple[str, ...]] = {}
        bands = place.get(member)
        for band in bands if isinstance(bands, list) else ():
            if not isinstance(band, dict):
                continue
            aliases = band.get("aliases")
            others = [band.get("eo:common_name") or band.get("common_name")]
            others += aliases if isinstance(aliases, list) else []
            for other in others:
                if isinstance(other, str) and isinstance(name := band.get("name"), str):
                    names[other] = (*names.get(other, ()), name)
        if names:
            return names
    return {}
