"""Layout of the dimensions of a data cube in files."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Name of the only variable of a data cube without bands, as in other back-ends.
NO_BAND = "var"

#: The number of values that are at hand at a time.
_PART = 1 << 21


def is_raster(cube: DataCube) -> bool:
    """Tell whether a data cube has pixels."""
    return sum(map(is_horizontal, cube.dimensions)) > 1


def by_variable(cube: DataCube) -> tuple[Dimension, ...]:
    """Return the dimensions that each band has: time first, rows and columns last, others in their order."""
    bands = cube.of_kind("bands")
    return tuple(sorted((each for each in cube.dimensions if each is not bands), key=_place))


def variable_labels(cube: DataCube, *, default: str = NO_BAND) -> tuple[object, ...]:
    """Return the labels of the bands; of a data cube without bands just the default."""
    bands = cube.of_kind("bands")
    return (default,) if bands is None else tuple(bands.labels or ())


def arranged_values(cube: DataCube, values: "NDArray[Any] | None" = None) -> "NDArray[Any]":
    """Return the values of a data cube with the dimensions of ``by_variable``, then that of bands.

    Args:
        cube: The data cube; one without bands gets a dimension of length 1.
        values: Its values, or some of them; computed by default.

    Raises:
        OpenEOError: If it has too many values.
    """
    from mock_backend.engine.core.file_values import Values  # with NumPy, which is heavy

    bands = cube.of_kind("bands")
    order = [*by_variable(cube)] if bands is None else [*by_variable(cube), bands]
    found = Values(cube).array() if values is None else values
    found = found.transpose([cube.dimensions.index(each) for each in order])
    return found[..., None] if bands is None else found


def arranged_parts(cube: DataCube) -> "Iterator[tuple[int, NDArray[Any]]]":
    """Yield the values of a data cube in parts, each with the place of its first label.

    Args:
        cube: A data cube without a grid; it is cut along the first dimension of ``by_variable``.

    Raises:
        OpenEOError: If a part has too many values.
    """
    import numpy as np  # heavy, as is what computes with it

    from mock_backend.engine.core.file_values import Values

    values = Values(cube)  # the same for all parts, as it keeps what they share
    if not (dimensions := by_variable(cube)):
        yield 0, arranged_values(cube, values.array())
        return
    name = dimensions[0].name
    size = cube.sizes[name]
    part = max(_PART * size // max(cube.count, 1), 1)
    step = part
    if part < size and is_cheaper_together(cube, {**cube.sizes, name: part}, cube.sizes):
        step = size
    for first in range(0, max(size, 1), step):
        found = arranged_values(cube, values.array({name: np.arange(first, min(first + step, size))}))
        for place in range(0, max(len(found), 1), part):
            yield first + place, found[place : place + part]


def is_cheaper_together(cube: DataCube, part: Mapping[str, int], whole: Mapping[str, int]) -> bool:
    """Tell whether values cost much more part by part, as if each needs all labels, than together.

    Args:
        part: The numbers of labels of a part by the names of the ``others`` of the data cube.
        whole: Those of what is read together.
    """
    if cube.source is None:
        return False
    one, all_of_it = (tuple(sizes[each.name] for each in cube.others) for sizes in (part, whole))
    alone, together = map(cube.source.loaded, (one, all_of_it))
    return bool(alone * prod(all_of_it) > 2 * together * prod(one))


def features_of_cube(cube: DataCube) -> list[Mapping[str, Any]]:
    """Return a GeoJSON feature for each label of the dimension of geometries, without geometry if unknown."""
    found = cube.of_kind("geometry")
    count = 0 if found is None else cube.sizes[found.name]
    known = list(cube.geometries[:count])
    return known + [{"type": "Feature", "geometry": None, "properties": {}}] * (count - len(known))


def _place(dimension: Dimension) -> int:
    if is_horizontal(dimension):
        return 3 if dimension.axis == "x" else 2
    return 0 if dimension.kind == "temporal" else 1
