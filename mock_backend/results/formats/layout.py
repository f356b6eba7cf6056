"""Layout of the dimensions of a data cube in files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Name of the only variable of a data cube without bands, as in other back-ends.
NO_BAND = "var"


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


def arranged_values(cube: DataCube, *, zero: bool = False) -> "NDArray[Any]":
    """Return the values of a data cube with the dimensions of ``by_variable``, then that of bands.

    Args:
        cube: The data cube; one without bands gets a dimension of length 1.
        zero: True to return zeros, which take no memory, instead.

    Raises:
        OpenEOError: If it has too many values.
    """
    import numpy as np  # heavy, as is what computes with it

    from mock_backend.engine.core.computing import Values

    dimensions, bands = by_variable(cube), cube.of_kind("bands")
    order = [*dimensions] if bands is None else [*dimensions, bands]
    found = np.broadcast_to(np.zeros((), cube.data_type), cube.shape) if zero else Values(cube).array()
    values = found.transpose([cube.dimensions.index(each) for each in order])
    return values[..., None] if bands is None else values


def features_of(cube: DataCube) -> list[Mapping[str, Any]]:
    """Return a GeoJSON feature for each label of the dimension of geometries, without geometry if unknown."""
    found = cube.of_kind("geometry")
    count = 0 if found is None else cube.sizes[found.name]
    known = list(cube.geometries[:count])
    return known + [{"type": "Feature", "geometry": None, "properties": {}}] * (count - len(known))


def _place(dimension: Dimension) -> int:
    if is_horizontal(dimension):
        return 3 if dimension.axis == "x" else 2
    return 0 if dimension.kind == "temporal" else 1
