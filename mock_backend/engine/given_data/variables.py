"""Arrays with named dimensions, whatever they were read from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid


@dataclass(frozen=True)
class GivenVariable:
    """An array with named dimensions.

    Args:
        dimensions: The names of its dimensions.
        stored: The data type that its values had in a file, if they were converted since.
    """

    dimensions: tuple[str, ...]
    values: NDArray[Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    stored: str | None = None


@dataclass(frozen=True)
class Variables:
    """Arrays that share dimensions.

    Args:
        coordinates: Variables that describe their dimensions: coordinates by name, and coordinate systems.
        attributes: The attributes of the whole.
        is_set: True if each of the arrays is a band.
        grid: The positions of the pixels, if they are already known.
        bands: The known facts about the bands, if any.
    """

    data: Mapping[str, GivenVariable]
    coordinates: Mapping[str, GivenVariable] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_set: bool = False
    grid: Grid | None = None
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Told:
    """The facts that a test tells of its data beside them; they count more than what the data say.

    Args:
        bands: The names of the bands, or the bands, in their order.
        dates: The instants of the temporal dimension, in their order.
        bbox: West, south, east and north of the pixels' outer edges in the coordinate system.
        nodata: The value that says that there are no data.
        dims: The names of the dimensions of an array.
    """

    bands: Sequence[str | Band] | None = None
    dates: Sequence[Any] | None = None
    bbox: Sequence[float] | None = None
    crs: Any = None
    nodata: float | None = None
    dims: Sequence[str] | None = None
