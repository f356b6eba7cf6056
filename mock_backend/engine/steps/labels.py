"""The instants that labels of time stand for."""

from datetime import datetime
from typing import Any

from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.cubes import DataCube


def start_of(cube: DataCube, label: Any) -> datetime | None:
    """Return the instant at which that begins which a label stands for; None if it is no instant."""
    span = cube.spans.get(str(label))
    return instant_of(label if span is None else span[0])
