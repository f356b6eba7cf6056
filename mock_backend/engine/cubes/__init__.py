"""Data cubes as process graphs make them: dimensions, labels and grids, without any values."""

from mock_backend.engine.cubes.data_cube import (
    DataCube,
    Dimension,
    described_dimensions,
    is_horizontal,
    only_of_bands,
)
from mock_backend.engine.cubes.grid import Grid
from mock_backend.engine.cubes.projection import UnknownCrsError

__all__ = [
    "DataCube",
    "Dimension",
    "Grid",
    "UnknownCrsError",
    "described_dimensions",
    "is_horizontal",
    "only_of_bands",
]
