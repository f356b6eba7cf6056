"""Process graphs in assertions and snapshots, as the plugin explains them."""

import pytest

TEST = """
def test_graph(mock_backend, mock_backend_connection, mock_backend_graphs):
    cube = mock_backend_connection.load_collection("SENTINEL2_L2A", bands=["B04", "B08"])
    cube.ndvi(nir="B08", red="B04").create_job()
    graph = mock_backend.jobs.one().process_graph
"""


@pytest.fixture
def run(pytester):
    def with_lines(*lines, options=("-p", "no:syrupy")):
        pytester.makepyfile(TEST + "".join(f"    {line}\n" for line in lines))
        return pytester.runpytest(*options, "-q")

    return with_lines


def test_a_plain_assert_tells_the_differences(run):
    result = run("expected = dict(graph)", "del expected['ndvi1']", "assert graph == expected")
    result.stdout.fnmatch_lines(
        [
            "E       AssertionError: assert process graphs differ (ids of nodes do not count)",
            "E         not expected: ndvi(data={'from_node': 'loadcollection1'}, nir='B08', red='B04')",
            "E         To compare a part only, use contains().",
        ]
    )


def test_snapshots_are_written_and_compared(run, pytester):
    missing = run("mock_backend_graphs(graph)")
    missing.stdout.fnmatch_lines(["*There is no snapshot *Write it with pytest --mock-backend-update."])
    run("mock_backend_graphs(graph)", options=["-p", "no:syrupy", "--mock-backend-update"]).assert_outcomes(
        passed=1
    )
    run("mock_backend_graphs(graph)").assert_outcomes(passed=1)
    changed = run("graph['ndvi1']['arguments']['nir'] = 'B8A'", "mock_backend_graphs(graph)")
    changed.stdout.fnmatch_lines(
        [
            "E       AssertionError: The process graph differs from the snapshot test_graph-1.json:",
            "E         ndvi: arguments.nir: expected 'B08', got 'B8A'",
            "E       If that is right, write it anew with pytest --mock-backend-update.",
        ]
    )


def test_snapshots_of_syrupy_where_it_is_loaded(run, pytester):
    syrupy = ["-p", "syrupy"]
    missing = run("mock_backend_graphs(graph)", options=syrupy)
    missing.stdout.fnmatch_lines(
        ["*differs from its snapshot:", "*write it anew with pytest --snapshot-update."]
    )
    run("mock_backend_graphs(graph)", options=[*syrupy, "--snapshot-update"]).assert_outcomes(passed=1)
    (file,) = pytester.path.glob("__snapshots__/**/*.json")
    assert "loadcollection1" in file.read_text()
    renamed = "graph = {'x': graph.pop('loadcollection1'), **graph}"
    same = run(
        renamed,
        "graph['ndvi1']['arguments']['data'] = {'from_node': 'x'}",
        "mock_backend_graphs(graph)",
        options=syrupy,
    )
    same.assert_outcomes(passed=1)
