"""Graphs that the openeo Python client makes of usual code: none has problems."""

import inspect

import pytest

from client_flows import bands, loading, results, space, times

FLOWS = {
    name: function
    for module in (loading, bands, times, space, results)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}


@pytest.mark.parametrize("name", FLOWS)
def test_usual_code_is_valid(mock_backend_connection, name):
    built = FLOWS[name](mock_backend_connection)
    found = {
        number: problems
        for number, part in enumerate(built if isinstance(built, list) else [built])
        if (problems := mock_backend_connection.validate_process_graph(part))
    }

    assert found == {}
