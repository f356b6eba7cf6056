"""Jobs as books of results see them, and shortcuts to what they produce."""

import copy
from pathlib import Path

import pandas as pd
import pytest

from mock_backend.clock import Clock
from mock_backend.jobs import Job
from mock_backend.lifecycle import JobPlan, Run
from mock_backend.results.given import ResultBook, ResultOrder

GRAPH = {
    "load": {
        "process_id": "load_collection",
        "arguments": {
            "id": "SENTINEL2_L2A",
            "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3},
            "temporal_extent": ["2024-06-01", "2024-07-01"],
        },
    },
    "save": {
        "process_id": "save_result",
        "arguments": {"data": {"from_node": "load"}, "format": "GTiff", "options": {}},
        "result": True,
    },
}


@pytest.fixture
def book():
    return ResultBook()


@pytest.fixture
def job():
    """Make a job that has been started."""

    def make(
        asked=None, *, job_id="j-1", run=1, title=None, synchronous=False, options=None, extent=True
    ) -> Job:
        graph = copy.deepcopy(GRAPH)
        arguments = graph["save"]["arguments"]
        arguments["options"] = options or {}
        if asked is None:
            del graph["save"]["arguments"]["format"]
        else:
            arguments["format"] = asked
        if not extent:
            graph["load"]["arguments"]["spatial_extent"] = None
            graph["load"]["arguments"]["temporal_extent"] = None
        now = Clock().now()
        started = None if synchronous else Run(number=run, started=now, plan=JobPlan.immediate())
        return Job(
            job_id=job_id,
            process={"process_graph": graph},
            user_id="alice",
            created=now,
            title=title,
            run=started,
            synchronous=synchronous,
        )

    return make


@pytest.fixture
def product(book, job):
    """Return what a job produces that is given a result, or that a given order is for."""

    def make(result, asked=None, *, name=None, media_type=None, **about):
        started = job(asked, **about)
        is_order = isinstance(result, ResultOrder)
        book.add(result if is_order else ResultOrder(result, name=name, media_type=media_type))
        book.bind(started)
        return book.of(started)

    return make


@pytest.fixture
def file(product):
    """Return the only file that a job produces, and its content."""

    def make(result, asked=None, **about):
        made = product(result, asked, **about)
        [asset] = made.by_name.values()
        content = asset.content
        return asset, content.read_bytes() if isinstance(content, Path) else content

    return make


@pytest.fixture
def frame():
    """A table."""
    return pd.DataFrame({"date": ["2024-06-01", "2024-06-11"], "B04": [1.5, 2.5]})
