"""Sources: the values of data cubes, computed when windows of them are read."""

from mock_backend.engine.sources.computing import Along, Grouped, Line, Mapped, Nearest, Reduced
from mock_backend.engine.sources.convolving import Convolved
from mock_backend.engine.sources.leaves import Held, Remembered, Same
from mock_backend.engine.sources.merging import Combined, Joined, Masked, Merged, Side
from mock_backend.engine.sources.neighbourhoods import Group, Move, Neighbourhoods, Part
from mock_backend.engine.sources.painted import Painted
from mock_backend.engine.sources.places import Burnt, Inside, Overall, Patched, Zonal
from mock_backend.engine.sources.resampling import Blocks, Resampled
from mock_backend.engine.sources.restructuring import (
    Arranged,
    Bounded,
    Dropped,
    Flattened,
    Rastered,
    Unflattened,
    Unrastered,
    Widened,
)
from mock_backend.engine.sources.source import Picked, Source

__all__ = [
    "Along",
    "Arranged",
    "Blocks",
    "Bounded",
    "Burnt",
    "Combined",
    "Convolved",
    "Dropped",
    "Flattened",
    "Group",
    "Grouped",
    "Held",
    "Inside",
    "Joined",
    "Line",
    "Mapped",
    "Masked",
    "Merged",
    "Move",
    "Nearest",
    "Neighbourhoods",
    "Overall",
    "Painted",
    "Part",
    "Patched",
    "Picked",
    "Rastered",
    "Reduced",
    "Remembered",
    "Resampled",
    "Same",
    "Side",
    "Source",
    "Unflattened",
    "Unrastered",
    "Widened",
    "Zonal",
]
