"""Files over the control API: uploads, and what jobs have produced."""

import asyncio
import re
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mock_backend.control_api.bodies import answered
from mock_backend.engine.cubes import Grid
from mock_backend.errors import NotFound, RequestInvalid
from mock_backend.jobs import JobsRegister
from mock_backend.jobs.outputs.urls import ResultUrls
from mock_backend.lifecycle import Status

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend
    from mock_backend.control_api.control import Control

#: A name that is the same in every file system.
_FILE_NAME = re.compile(r"[\w-][\w.-]{0,200}", re.ASCII)
#: The larger of the width and the height of a picture, in pixels.
_SIZE = 192


async def upload(control: "Control", request: Request, name: str) -> Response:
    """Keep a file, for orders that name it."""
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(f"The name of an upload must consist of letters, digits and . _ -, got {name!r}.")
    size, most = 0, control.backend.settings.max_file_size
    part_file = control.folder / f".{name}"
    with part_file.open("wb") as file:
        async for part in request.stream():
            size += file.write(part)
            if most is not None and size > most:
                raise RequestInvalid(f"A file has at most {most:,} bytes.", status=413)
    part_file.replace(control.folder / name)
    return answered({"upload": name, "size": size})


async def picture(control: "Control", _: Request, job_id: str) -> Response:
    """Answer a small picture of what a job has produced; nothing if there is nothing to see."""
    content = await asyncio.to_thread(_thumbnail, control.backend, job_id)
    # No error: the console of a browser would tell it.
    return Response(status_code=204) if content is None else Response(content, media_type="image/png")


def _thumbnail(backend: "MockBackend", job_id: str) -> bytes | None:
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


async def result_files(control: "Control", request: Request, job_id: str) -> Response:
    """List the files that a job has produced, with URLs that need no log-in."""
    backend = control.backend
    register = backend.registers.one(JobsRegister)
    job = register.find(job_id)
    if job is None or job.run is None:
        raise NotFound("There is no such job that was started.")
    base = str(request.base_url).rstrip("/") + next(iter(backend.mounts))
    urls = ResultUrls(
        job, backend.clock.now(), base=base, settings=register.settings, key=register.signing_key
    )
    has_url = backend.asset_host is None

    def listed() -> list[dict[str, Any]]:
        return [
            {
                "name": each.name,
                "size": each.length if each.size is None else each.size,
                "url": urls.asset(each.name) if has_url else None,
            }
            for each in register.product(job).by_name.values()
        ]

    # To tell the size of some files is to make them.
    return answered(await asyncio.to_thread(listed))
