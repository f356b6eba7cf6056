"""Data cubes as process graphs make them: dimensions, labels and grids, without any values."""

from mock_backend.engine.cubes.cube import Cube, Dimension
from mock_backend.engine.cubes.data_cube import DataCube, is_horizontal
from mock_backend.engine.cubes.grid import Grid
from mock_backend.engine.cubes.projection import UnknownCrsError

__all__ = [
    "Cube",
    "DataCube",
    "Dimension",
    "Grid",
    "UnknownCrsError",
    "is_horizontal",
]
