"""Arrays with named dimensions, whatever they were read from."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid


@dataclass(frozen=True)
class GivenVariable:
    """An array with named dimensions."""

    dimensions: tuple[str, ...]  #: The names of its dimensions
    values: NDArray[Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    stored: str | None = None  #: The data type that its values had in a file, if they were converted since


@dataclass(frozen=True)
class Variables:
    """Arrays that share dimensions."""

    data: Mapping[str, GivenVariable]
    #: Variables that describe their dimensions: coordinates by name, and coordinate systems
    coordinates: Mapping[str, GivenVariable] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)  #: The attributes of the whole
    is_set: bool = False  #: True if each of the arrays is a band
    grid: Grid | None = None  #: The positions of the pixels, if they are already known
    bands: tuple[Band, ...] = ()  #: The known facts about the bands, if any


@dataclass(frozen=True)
class Told:
    """The facts that a test tells of its data beside them; they count more than what the data say."""

    bands: Sequence[str | Band] | None = None  #: The names of the bands, or the bands, in their order
    dates: Sequence[Any] | None = None  #: The instants of the temporal dimension, in their order
    #: West, south, east and north of the pixels' outer edges in the coordinate system
    bbox: Sequence[float] | None = None
    crs: Any = None
    nodata: float | None = None  #: The value that says that there are no data
    dims: Sequence[str] | None = None  #: The names of the dimensions of an array
