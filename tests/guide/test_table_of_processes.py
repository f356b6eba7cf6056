"""The table of processes in the guide tells what the code does."""

import re
from pathlib import Path

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.engine.functions import FUNCTIONS
from mock_backend.engine.steps.registry import SOURCES, STAND_INS, STEPS
from mock_backend.processes.definitions.predefined import signatures

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "processes.md"
KNOWN = {*FUNCTIONS, *SOURCES, *STEPS, *signatures()}


@pytest.fixture(scope="module")
def rows():
    """The processes of each row, by what the row says of them."""
    table = GUIDE.read_text(encoding="utf-8").split("## Which processes are computed")[1]
    found = {}
    for line in table.splitlines():
        if line.startswith("| ") and "`" in line:
            about, names = line.strip("| ").split(" | ")
            found[about] = re.findall(r"`(\w+)`", names)
    return found


def test_each_process_is_in_one_row(rows):
    listed = [name for names in rows.values() for name in names]

    assert sorted(listed) == sorted(KNOWN)


def test_rows_are_what_the_code_says(rows):
    assert set(rows["computed, of numbers, texts, dates and arrays"]) == set(FUNCTIONS)
    assert set(rows["stand-ins"]) == STAND_INS
    computed = {name for about, names in rows.items() if "data cubes" in about for name in names}
    assert computed <= {*SOURCES, *STEPS} - STAND_INS


@pytest.mark.parametrize("process_id", sorted(STAND_INS))
def test_the_log_names_stand_ins(process_id):
    with MockBackend("https://stand-ins.test", plan=JobPlan.immediate(), relaxed="all") as backend:
        connection = backend.connect(auto_validate=False)
        cube = connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent={"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21},
            temporal_extent=["2024-06-01", "2024-06-10"],
            bands=["B04", "B08"],
        )
        job = cube.process(process_id, data=cube).create_job(out_format="JSON")
        job.start()

        warnings = [entry.message for entry in job.logs() if entry.level == "warning"]
        assert any("Not computed here" in text and process_id in text for text in warnings), warnings
