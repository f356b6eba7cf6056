"""The notebooks in ``examples`` run as they are, and their outputs are there and small."""

import json
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_BYTES = 600_000
MOST_LINES = 20


def code_of(notebook: Path) -> list[dict]:
    return [cell for cell in json.loads(notebook.read_bytes())["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def plots(monkeypatch):
    monkeypatch.setattr(matplotlib, "rcParams", matplotlib.rcParams.copy())
    plt.switch_backend("Agg")
    yield
    plt.close("all")


@pytest.mark.usefixtures("plots", "_mock_backend_isolation")
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_runs(notebook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    namespace = {"__name__": "__main__"}
    for number, cell in enumerate(code_of(notebook)):
        source = "".join(cell["source"])
        exec(compile(source, f"{notebook.name}, cell {number}", "exec"), namespace)  # the examples are ours
    assert plt.get_fignums()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_its_outputs_are_there(notebook):
    cells = code_of(notebook)
    outputs = [output for cell in cells for output in cell["outputs"]]

    assert [cell["execution_count"] for cell in cells] == [*range(1, len(cells) + 1)]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [each for each in outputs if each["output_type"] == "error" or each.get("name") == "stderr"]
    assert notebook.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_its_cells_are_short(notebook):
    assert all(len(cell["source"]) <= MOST_LINES for cell in code_of(notebook))


def test_there_are_notebooks():
    assert len(NOTEBOOKS) == 5
