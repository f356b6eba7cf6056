"""The main job, told step by step: ``make demo`` and ``mock-backend demo``."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_backend.backend import MockBackend
from mock_backend.lifecycle import JobPlan

if TYPE_CHECKING:
    from openeo.rest.job import BatchJob

_QUEUED, _RUNNING = "5m", "2h"


@click.command()
def demo() -> None:
    """Run a two-hour batch job in milliseconds, and print its timeline."""
    print("An openEO back-end in this process, and the real openeo client.\n")
    began = time.perf_counter()
    with MockBackend(plan=JobPlan(queued=_QUEUED, running=_RUNNING)) as backend:
        connection = backend.connect(user=None)
        connection.authenticate_basic("alice", "secret")
        print(f"1. Connected to {backend.url}, logged in as {connection.describe_account()['user_id']}.")

        cube = connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent={"west": 11.2, "south": 46.4, "east": 11.5, "north": 46.6},
            temporal_extent=["2024-06-01", "2024-07-01"],
            bands=["B04", "B08"],
        )
        job: BatchJob = (
            cube.ndvi(nir="B08", red="B04").max_time().create_job(out_format="GTiff", title="NDVI of June")
        )
        print(f"2. Created batch job {job.job_id}: NDVI from Sentinel-2, {' → '.join(_calls(backend))}.")

        print(f"3. Started it; it is planned to queue {_QUEUED} and run {_RUNNING}. What the client sees:\n")
        _watch(backend, job)

        with tempfile.TemporaryDirectory() as folder:
            files = job.get_results().download_files(folder)
            names = ", ".join(f"{Path(file).name} ({Path(file).stat().st_size} bytes)" for file in files)
        print(f"\n4. Downloaded {names}. It cost {backend.jobs[0].costs:g} {backend.settings.currency}.")

        wall = time.perf_counter() - began
        print(f"\n   Time on the back-end's clock: {str(backend.clock.elapsed).partition('.')[0]} h")
        print(f"   Time on yours:                {wall * 1000:.0f} ms, for {len(backend.requests)} requests")


def _calls(backend: MockBackend) -> list[str]:
    return [node.process_id for node in backend.jobs[0].nodes()]


def _watch(backend: MockBackend, job: "BatchJob") -> None:
    """Print a line whenever the client's own polling shows another status or 25 % more progress."""
    began, seen = time.perf_counter(), ("", -1)

    def show(line: str) -> None:
        nonlocal seen
        view = backend.jobs[0]
        now = (view.status.value, view.progress // 25)
        if now != seen and ": " in line and "send" not in line:
            seen = now
            wall = (time.perf_counter() - began) * 1000
            elapsed = str(backend.clock.elapsed).partition(".")[0]
            state = f"{view.status.value:<9} {view.progress:3d} %"
            print(f"      {elapsed}  {state}   ({wall:5.1f} ms of wall time)")

    job.start_and_wait(print=show)
