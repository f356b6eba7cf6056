"""What a process graph makes of data cubes: their dimensions, labels and grids, without any values."""

from mock_backend.cubes.call import Call, Remark
from mock_backend.cubes.computed_band import ComputedBand, Recipe
from mock_backend.cubes.cube import Cube, Dimension
from mock_backend.cubes.data_cube import CubeMask, DataCube
from mock_backend.cubes.grid import Grid
from mock_backend.cubes.projection import UnknownCrsError
from mock_backend.cubes.steps import follow

__all__ = [
    "Call",
    "ComputedBand",
    "Cube",
    "CubeMask",
    "DataCube",
    "Dimension",
    "Grid",
    "Recipe",
    "Remark",
    "UnknownCrsError",
    "follow",
]
