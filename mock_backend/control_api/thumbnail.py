"""A small picture of what a job produces."""

from typing import TYPE_CHECKING

from mock_backend.engine.cubes import Grid
from mock_backend.errors import NotFound
from mock_backend.jobs import JobsRegister
from mock_backend.lifecycle import Status

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend

#: The larger of its width and height, in pixels.
_SIZE = 192


def thumbnail(backend: "MockBackend", job_id: str) -> bytes | None:
    """Return a picture as PNG; None if there is nothing to see. Raise ``OpenEOError`` if there is none."""
    from mock_backend.api.services.shown_cube import shown_of

    register = backend.registers.one(JobsRegister)
    job = register.find(job_id)
    if job is None or job.status is not Status.finished:
        raise NotFound(f"There is no job {job_id!r} with results.")
    outcome = register.produced.outcome(job)
    found = None if outcome is None else shown_of(outcome)
    if found is None:
        return None
    whole = found.grid
    scale = _SIZE / max(whole.columns, whole.rows)
    columns, rows = (max(round(count * scale), 1) for count in (whole.columns, whole.rows))
    west, south, east, north = whole.bounds
    grid = Grid(whole.crs, west, north, (east - west) / columns, (north - south) / rows, columns, rows)
    return found.drawn(grid, ends=found.ends, colormap="viridis")
