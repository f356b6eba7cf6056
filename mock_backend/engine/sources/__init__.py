"""Sources: the values of data cubes, computed when windows of them are read."""

from mock_backend.engine.sources.computing import Along, ArrayLine, Grouped, Mapped, NearestLabels, Reduced
from mock_backend.engine.sources.convolving import Convolved
from mock_backend.engine.sources.landscape_values import Painted
from mock_backend.engine.sources.memory import HeldValues, Remembered, Same
from mock_backend.engine.sources.merging import Combined, Joined, Masked, Merged, Side
from mock_backend.engine.sources.neighbourhoods import Group, Neighbourhoods, PartValues, SourceMove
from mock_backend.engine.sources.resampling import BlockValues, Resampled
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
from mock_backend.engine.sources.zones import Burnt, Inside, Overall, Patched, Zonal

__all__ = [
    "Along",
    "Arranged",
    "ArrayLine",
    "BlockValues",
    "Bounded",
    "Burnt",
    "Combined",
    "Convolved",
    "Dropped",
    "Flattened",
    "Group",
    "Grouped",
    "HeldValues",
    "Inside",
    "Joined",
    "Mapped",
    "Masked",
    "Merged",
    "NearestLabels",
    "Neighbourhoods",
    "Overall",
    "Painted",
    "PartValues",
    "Patched",
    "Picked",
    "Rastered",
    "Reduced",
    "Remembered",
    "Resampled",
    "Same",
    "Side",
    "Source",
    "SourceMove",
    "Unflattened",
    "Unrastered",
    "Widened",
    "Zonal",
]
