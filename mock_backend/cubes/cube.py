"""A data cube without values: its dimensions and, as far as they are known, their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Dimension:
    """A dimension of a data cube.

    Args:
        name: Its name.
        kind: ``spatial``, ``temporal``, ``bands``, ``geometry`` or ``other``.
        labels: Its labels; None if they are not enumerated, or not known.
        aliases: Other names of labels, e.g. the common names of bands.
    """

    name: str
    kind: str
    labels: tuple[Any, ...] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)

    def has(self, label: Any) -> bool:
        """Tell whether the label may exist: known labels and aliases do, and all do where none is known."""
        return self.labels is None or label in self.labels or label in self.aliases

    def only(self, labels: Sequence[Any]) -> "Dimension":
        """Return the dimension with these labels only, in this order; aliases stand for their labels."""
        kept = tuple(self.aliases.get(label, label) for label in labels)
        aliases = {alias: label for alias, label in self.aliases.items() if label in kept}
        return replace(self, labels=kept, aliases=aliases)


@dataclass(frozen=True)
class Cube:
    """A data cube without values.

    Args:
        dimensions: Its dimensions by name, in their order.
    """

    dimensions: Mapping[str, Dimension]

    @classmethod
    def of_collection(cls, metadata: Mapping[str, Any]) -> "Cube | None":
        """Return the cube that a collection's STAC metadata describe; None if they do not."""
        described = metadata.get("cube:dimensions")
        if not isinstance(described, Mapping):
            return None
        dimensions = {}
        for name, each in described.items():
            kind = each.get("type", "other")
            labels = tuple(each["values"]) if kind == "bands" and each.get("values") else None
            dimensions[name] = Dimension(name, kind, labels, _common_names(metadata) if labels else {})
        return cls(dimensions)

    def of_kind(self, *kinds: str) -> list[Dimension]:
        """Return the dimensions of some kinds."""
        return [each for each in self.dimensions.values() if each.kind in kinds]

    @property
    def bands(self) -> Dimension | None:
        """The dimension of bands, if there is just one."""
        found = self.of_kind("bands")
        return found[0] if len(found) == 1 else None

    def with_(self, *dimensions: Dimension) -> "Cube":
        """Return the cube with some dimensions replaced or added."""
        return Cube({**self.dimensions, **{each.name: each for each in dimensions}})

    def without(self, *names: str) -> "Cube":
        """Return the cube without some dimensions."""
        return Cube({name: each for name, each in self.dimensions.items() if name not in names})

    def renamed(self, source: str, target: str) -> "Cube":
        """Return the cube with one of its dimensions called otherwise."""
        named = (
            replace(each, name=target) if each.name == source else each for each in self.dimensions.values()
        )
        return Cube({each.name: each for each in named})


def _common_names(metadata: Mapping[str, Any]) -> dict[str, str]:
    summaries = metadata.get("summaries")
    found = [metadata.get("bands")]
    if isinstance(summaries, Mapping):
        found += [summaries.get("bands"), summaries.get("eo:bands")]
    names: dict[str, str] = {}
    for bands in found:
        for band in bands if isinstance(bands, list) else ():
            common = band.get("eo:common_name", band.get("common_name"))
            if common is not None and "name" in band:
                # The first band of a common name has it, e.g. of several red edges.
                names.setdefault(common, band["name"])
    return names
