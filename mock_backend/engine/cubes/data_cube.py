"""A data cube of which everything but the values is known, and its dimensions with their labels."""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, partial
from itertools import product
from math import prod
from typing import Any, Self

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes.grid import Grid


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


def only_of_bands(dimensions: Iterable[Dimension]) -> Dimension | None:
    """Return the dimension of bands, if there is just one."""
    found = [each for each in dimensions if each.kind == "bands"]
    return found[0] if len(found) == 1 else None


def described_dimensions(metadata: Mapping[str, Any]) -> tuple[Dimension, ...] | None:
    """Return the dimensions that a collection's STAC metadata describe; None if none."""
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


#: Ranges of the integer data types, the narrowest first.
INTEGERS = {
    "uint8": (0, 255),
    "int8": (-128, 127),
    "uint16": (0, 65_535),
    "int16": (-32_768, 32_767),
    "uint32": (0, 4_294_967_295),
    "int32": (-2_147_483_648, 2_147_483_647),
}


@dataclass(frozen=True)
class DataCube:
    """A data cube without its values, as it would be written to files."""

    #: Its dimensions in their order. Horizontal ones (``spatial``) are described by ``grid`` and have no
    #: labels; all others have theirs.
    dimensions: tuple[Dimension, ...]
    #: Facts about its values: one for each label of the dimension of bands, in its order; just one if it has
    #: no such dimension. ``minimum``, ``maximum`` and ``data_type`` are always there.
    bands: tuple[Band, ...]
    grid: Grid | None = None  #: The positions of its pixels; None if it has no horizontal dimensions
    #: GeoJSON features in degrees, one for each label of its dimension of type ``geometry``
    geometries: tuple[Mapping[str, Any], ...] = ()
    #: The first and the last instant of the data that it was made of, as RFC 3339 texts
    period: tuple[str | None, str | None] = (None, None)
    is_given: bool = False  #: True if its values are properties of its geometries
    #: Periods of the labels of its temporal dimension if they are no instants, e.g. the first instant of
    #: ``2024-06`` and the one after its last, as RFC 3339 texts.
    spans: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: The GeoJSON features, in degrees, by which its pixels were chosen last
    samples: tuple[Mapping[str, Any], ...] = ()
    #: The source of its values, see ``mock_backend.engine.sources``; None if there is nothing to read
    source: Any = field(default=None, compare=False, repr=False)
    #: Length of each dimension, by its name.
    sizes: Mapping[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", {each.name: self._size(each) for each in self.dimensions})

    def of_kind(self, kind: str) -> Dimension | None:
        """Return the first dimension of a kind: spatial, temporal, bands, geometry or other."""
        return next((each for each in self.dimensions if each.kind == kind), None)

    def named(self, name: str | None) -> Dimension | None:
        """Return the dimension of a name; None if there is none."""
        return next((each for each in self.dimensions if each.name == name), None)

    @property
    def others(self) -> tuple[Dimension, ...]:
        """Its dimensions but those of the grid, in the order in which windows of its values have them."""
        return tuple(each for each in self.dimensions if self.grid is None or not is_horizontal(each))

    def axis(self, name: str) -> Dimension:
        """Return the dimension of the grid that is an axis: ``x`` or ``y``."""
        return next(each for each in self.dimensions if is_horizontal(each) and each.axis == name)

    @property
    def times(self) -> tuple[str, ...]:
        """The labels of the temporal dimension; none if there is no such dimension."""
        found = self.of_kind("temporal")
        return () if found is None else tuple(map(str, found.labels or ()))

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions, in their order."""
        return tuple(self.sizes.values())

    @property
    def count(self) -> int:
        """Number of values."""
        return prod(self.shape)

    @property
    def input_count(self) -> int:
        """The number of values that are read to compute all of it."""
        if self.source is None or self.grid is None:
            return self.count
        found: int = self.source.loaded(self.other_sizes, self.grid.pixels)
        return found

    @property
    def effort(self) -> int:
        """The number of values that are computed, about, to have all of it."""
        if self.source is None:
            return self.count
        found: int = self.source.effort(self.other_sizes, 1 if self.grid is None else self.grid.pixels)
        return found

    @property
    def data_type(self) -> str:
        """The data type that holds the values of all bands (a NumPy name)."""
        types = {band.data_type for band in self.bands}
        if len(types) == 1:
            return types.pop()
        if not types <= INTEGERS.keys():
            return "float64" if "float64" in types else "float32"
        low, high = min(INTEGERS[each][0] for each in types), max(INTEGERS[each][1] for each in types)
        return narrowest(low, high) or "float64"

    @property
    def nodata(self) -> float | None:
        """The value that says that there is none, the same for all bands; NaN if the type has one."""
        if self.data_type.startswith("float"):
            return float("nan")
        given = [float(band.nodata) for band in self.bands if band.nodata is not None]
        # What says so in one band may be a proper value in another.
        return next((each for each in given if not any(map(partial(_is_proper, each), self.bands))), None)

    def at(self, dimension: str, *labels: Any) -> Self:
        """Return the part with some labels of a dimension; with just one the dimension stays, too."""
        found = next(each for each in self.dimensions if each.name == dimension)
        changes: dict[str, Any] = {}
        places = [found.places[label] for label in labels]
        if found.kind == "bands":
            changes["bands"] = tuple(self.bands[place] for place in places)
        elif found.kind == "geometry":
            changes["geometries"] = tuple(self.geometries[place] for place in places)
        if self.source is not None:
            changes["source"] = self.source.picked(self.others.index(found), places)
        return replace(self, dimensions=self.changed(found, labels=labels), **changes)

    def changed(self, dimension: Dimension | None, **changes: Any) -> tuple[Dimension, ...]:
        """Return its dimensions, one of them with changes."""
        return tuple(replace(each, **changes) if each is dimension else each for each in self.dimensions)

    @property
    def other_sizes(self) -> tuple[int, ...]:
        """Lengths of ``others``."""
        return tuple(self.sizes[each.name] for each in self.others)

    def _size(self, dimension: Dimension) -> int:
        if dimension.kind == "spatial" and self.grid is not None and dimension.labels is None:
            return self.grid.rows if dimension.axis == "y" else self.grid.columns
        return len(dimension.labels or ())


def is_horizontal(dimension: Dimension) -> bool:
    """Tell whether a dimension is described by a grid."""
    return dimension.kind == "spatial" and dimension.axis in ("x", "y") and dimension.labels is None


def narrowest(low: float, high: float) -> str | None:
    """Return the narrowest integer data type with a range of values; None if none has it."""
    return next((name for name, (least, most) in INTEGERS.items() if least <= low and high <= most), None)


def _is_proper(value: float, band: Band) -> bool:
    """Tell whether a value is one of a band's, and does not say that there is none."""
    if band.nodata is not None and float(band.nodata) == value:
        return False
    return band.minimum is not None and band.maximum is not None and band.minimum <= value <= band.maximum
