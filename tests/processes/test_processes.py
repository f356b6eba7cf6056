"""Listing of processes."""


def test_processes_are_listed_all_at_once(anonymous):
    processes = anonymous("GET /processes?limit=50").json()["processes"]

    assert len(processes) == 155
    for process in processes:
        assert process["id"].isidentifier()
        assert process["description"]
        assert process["returns"]["description"]
        assert all(parameter["name"] and parameter["description"] for parameter in process["parameters"])


def test_names_that_python_reserves_are_the_specifications(anonymous):
    ids = {process["id"] for process in anonymous("GET /processes").json()["processes"]}

    assert {"and", "or", "not", "if", "ndvi", "load_collection", "save_result"} <= ids
    assert not {"and_", "process"} & ids
