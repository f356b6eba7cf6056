"""What a process graph makes of data cubes: their dimensions and labels, without any values."""

from mock_backend.cubes.call import Call, Remark
from mock_backend.cubes.cube import Cube, Dimension
from mock_backend.cubes.steps import follow

__all__ = ["Call", "Cube", "Dimension", "Remark", "follow"]
