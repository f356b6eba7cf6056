"""Facts about a collection that each process graph that loads it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from mock_backend.cache import Kept
from mock_backend.catalog import Band, Described
from mock_backend.engine.cubes import Dimension, UnknownCrsError, described_dimensions, only_of_bands
from mock_backend.engine.cubes.projection import DEGREES, crs_name, is_geographic
from mock_backend.engine.steps.areas import counting
from mock_backend.engine.steps.inputs.native_grid import RESOLUTION, Native, degrees
from mock_backend.engine.steps.shape import PLAIN_NAME, complete, together
from mock_backend.landscape.sensors.sensor import Sensor

USUAL = (
    Dimension("x", "spatial", axis="x"),
    Dimension("y", "spatial", axis="y"),
    Dimension("t", "temporal"),
    Dimension("bands", "bands"),
)
"""The dimensions of what does not tell its own."""

_Choice = tuple[tuple[Band, ...], tuple[Dimension, ...]]
#: Maximum number of labels to enumerate for dimensions that have only an extent.
_MOST_LABELS = 1000


class Holding:
    """Facts about a collection that each process graph that loads it needs."""

    def __init__(self, collection: Described) -> None:
        self.collection = collection
        self.metadata = collection.metadata
        #: Sensor models of its bands.
        self.sensor = Sensor.of(collection)
        self._bands = {each.name: complete(each) for each in collection.bands}
        described = described_dimensions(self.metadata)
        #: The dimension of bands as its metadata describe it, if they do.
        self.described_bands = only_of_bands(described or ())
        self._dimensions = USUAL if described is None else described
        dimension = only_of_bands(self._dimensions)
        if dimension is not None and dimension.labels is None:
            self._dimensions = self._with(replace(dimension, labels=tuple(self._bands) or (PLAIN_NAME,)))
        self._dimensions = tuple(map(self._enumerated, self._dimensions))
        kinds = {each.kind for each in self._dimensions}
        self.has_time = "temporal" in kinds
        self.has_geometries = "geometry" in kinds
        self.has_pixels = {"x", "y"} <= {each.axis for each in self._dimensions if each.kind == "spatial"}
        self._chosen: Kept[_Choice] = Kept(100)

    def chosen(self, wanted: Sequence[str]) -> _Choice:
        """Return the bands that are asked for, and the dimensions with just them.

        Args:
            wanted: Names of bands; none for all of them.
        """
        names = set(wanted)
        # Other lists are whatever users write, and of any length.
        key = tuple(wanted) if len(names) == len(wanted) and self._bands.keys() >= names else None
        return self._chosen.get(key, lambda: self._choose(wanted))

    def _choose(self, wanted: Sequence[str]) -> _Choice:
        dimension = only_of_bands(self._dimensions)
        if dimension is None:
            found = list(self._bands.values())
            name = found[0].name if len(found) == 1 else PLAIN_NAME
            return (together(found, name),), self._dimensions
        if wanted:
            selected = dimension.only(wanted)
            # Who has relaxed the rule that bands exist wants those that do not.
            more = dict.fromkeys(each for each in wanted if not dimension.has(each))
            dimension = replace(selected, labels=(*(selected.labels or ()), *more))
        bands = tuple(self._band(str(label)) for label in dimension.labels or ())
        return bands, self._with(dimension)

    def _with(self, dimension: Dimension) -> tuple[Dimension, ...]:
        """Return the dimensions with another one of the same name."""
        return tuple(dimension if each.name == dimension.name else each for each in self._dimensions)

    def native(self, bands: Sequence[Band]) -> Native:
        """Return how its pixels lie; the finest of some bands decides."""
        box = counting(self.collection.coverage.bbox)
        reference, *steps = self._steps
        if reference is not None and steps[0] is not None:
            return Native(reference, steps[0], steps[1] or steps[0], box)
        known = [band.gsd for band in bands if band.gsd]
        known = known or [float(each) for each in _list(self._summaries.get("gsd")) if _positive(each)]
        size = float(min(known, default=RESOLUTION))
        if self._crs is not None and is_geographic(self._crs):
            size = degrees(size)
        return Native(self._crs, size, size, box)

    def _band(self, name: str) -> Band:
        found = self._bands.get(name)
        return complete(Band(name, data_type="float32")) if found is None else found

    @cached_property
    def _steps(self) -> tuple[str | None, float | None, float | None]:
        """The coordinate system of the horizontal dimensions, and the distance of their labels."""
        described = self.metadata.get("cube:dimensions")
        flat = {
            each.get("axis"): each
            for each in (described.values() if isinstance(described, dict) else ())
            if isinstance(each, dict) and each.get("type") == "spatial"
        }
        x, y = flat.get("x", {}), flat.get("y", {})
        return _name(x.get("reference_system", 4326)), _positive(x.get("step")), _positive(y.get("step"))

    @cached_property
    def _crs(self) -> str | None:
        """The coordinate system; None for the UTM zone of each area."""
        systems = [name for each in self._systems() if (name := _name(each)) is not None]
        if not systems:
            return self._steps[0] or DEGREES
        if len(set(systems)) > 1 and all(map(_is_utm, systems)):
            return None
        return systems[0]

    def _systems(self) -> list[Any]:
        for place in (self._summaries, self.metadata):
            for member in ("proj:epsg", "proj:code"):
                if found := _list(place.get(member)):
                    # Two zones of UTM are as good as all of them, and reading those takes a while.
                    names = [f"EPSG:{each}" if isinstance(each, int) else str(each) for each in found]
                    return found[:2] if all(map(_is_utm, names)) else found
        return []

    @property
    def _summaries(self) -> Mapping[str, Any]:
        found = self.metadata.get("summaries")
        return found if isinstance(found, dict) else {}

    def _enumerated(self, dimension: Dimension) -> Dimension:
        """Return a dimension with its labels, as far as they are not those of the area or the period."""
        if dimension.labels is not None or dimension.kind in ("temporal", "bands"):
            return dimension
        if dimension.kind == "spatial" and dimension.axis in ("x", "y"):
            return dimension
        if dimension.kind == "geometry":
            return replace(dimension, labels=(0,))
        described = (self.metadata.get("cube:dimensions") or {}).get(dimension.name, {})
        return replace(dimension, labels=_labels(described))


def _labels(described: Mapping[str, Any]) -> tuple[Any, ...]:
    values, extent, step = (described.get(each) for each in ("values", "extent", "step"))
    if isinstance(values, list) and values:
        return tuple(values)
    ends = [each for each in _list(extent) if isinstance(each, int | float | str)]
    numbers = [each for each in ends if isinstance(each, int | float)]
    size = _positive(step)
    if len(numbers) == 2 and size is not None:
        low, high = numbers
        count = min(max(int((high - low) / size + 1e-9) + 1, 1), _MOST_LABELS)
        return tuple(low + each * size for each in range(count))
    return tuple(dict.fromkeys(ends)) or (0,)


_known: Kept[Holding] = Kept(500)


def holding_of(collection: Described) -> Holding:
    """Return what is known of a collection, found out at most once."""
    # It has both, so that nothing else can get their places in memory.
    return _known.get((id(collection), id(collection.metadata)), lambda: Holding(collection))


def _is_utm(crs: str) -> bool:
    number = crs.removeprefix("EPSG:")
    return number.isdecimal() and int(number) // 100 in (326, 327) and 1 <= int(number) % 100 <= 60


def _name(system: Any) -> str | None:
    if system is None:
        return None
    try:
        return crs_name(system)
    except UnknownCrsError:
        return None


def _positive(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value > 0 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None or isinstance(value, dict) else [value]
