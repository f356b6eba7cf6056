"""Questions that a test asks afterwards: graphs up to node ids, requests, the manners of clients."""

import pytest
import requests

from mock_backend import JobPlan
from mock_backend.control.faults import Fault
from mock_backend.inspection.graphs import ProcessGraph, differences


def renamed(graph, **names):
    """Return a graph whose nodes are called otherwise."""
    flat = {}
    for node_id, node in graph.items():
        arguments = {
            name: {"from_node": names[value["from_node"]]}
            if isinstance(value, dict) and "from_node" in value
            else value
            for name, value in node["arguments"].items()
        }
        flat[names[node_id]] = node | {"arguments": arguments}
    return dict(reversed(flat.items()))


def test_graphs_equal_up_to_the_ids_of_their_nodes(mock_backend, api, graph):
    api.create(graph)
    same = renamed(graph, load="a", ndvi="b", save="c")
    assert mock_backend.jobs[0].process_graph == same
    assert differences(graph, same) == []
    same["b"]["arguments"]["nir"] = "B8A"
    assert mock_backend.jobs[0].process_graph != same


def test_differences_are_told_node_by_node(graph):
    other = renamed(graph, load="a", ndvi="b", save="c")
    other["a"]["arguments"]["bands"] = ["B04"]
    other["c"]["process_id"] = "store_result"
    assert differences(graph, other) == [
        "load_collection: arguments.bands: expected ['B04'], got ['B04', 'B08']",
        "missing: store_result(data={'from_node': 'ndvi1'}, format='GTiff')",
        "not expected: save_result(data={'from_node': 'ndvi1'}, format='GTiff')",
    ]


def test_a_graph_contains_calls_and_parts(graph):
    found = ProcessGraph(graph)
    assert found.contains("ndvi", nir="B08")
    assert not found.contains("ndvi", nir="B8A")
    part = {
        "x": {"process_id": "load_collection", "arguments": {"id": "SENTINEL2_L2A"}},
        "y": {"process_id": "ndvi", "arguments": {"data": {"from_node": "x"}}},
    }
    assert found.contains(part)
    part["y"]["process_id"] = "save_result"
    assert not found.contains(part), "the result is saved of another node"


def test_one_that_is_not_there_tells_the_nearest(mock_backend, api):
    api.create(title="ndvi")
    with pytest.raises(LookupError) as caught:
        mock_backend.jobs.one(title="ndwi", status="created")
    assert str(caught.value) == (
        "Expected one job with title='ndwi', status='created', found 0. There are: <1 in all: "
        f"{mock_backend.jobs[0]!r}>. The nearest one has title='ndvi': leave that condition out to find it."
    )
    with pytest.raises(LookupError, match=r"found 0. There is no validation at all."):
        mock_backend.validations.one()


def test_synchronous_requests_and_validations_are_asked_alike(mock_backend, api, graph):
    api("POST /validation", json={"process_graph": graph})
    api("POST /result", json={"process": {"process_graph": graph}, "title": "now"})
    assert mock_backend.validations.one().nodes("ndvi")[0].arguments["nir"] == "B08"
    asked = mock_backend.synchronous.one(title="now", status=200)
    assert asked.process_graph == graph
    assert asked.user_id == "alice"
    assert len(mock_backend.synchronous.nodes("load_collection")) == 1


def test_an_exchange_tells_its_job_its_user_and_its_token(mock_backend, api, anonymous):
    job_id = api.create()
    api.status(job_id)
    anonymous("GET /jobs")
    anonymous("GET /collections")
    requests.get(f"{mock_backend.url}/jobs", headers={"Authorization": "Bearer basic//no"})
    made, asked, without, public, bad = mock_backend.requests
    assert made.job_id == asked.job_id == job_id
    assert (made.user_id, asked.user_id, without.user_id) == ("alice", "alice", None)
    assert [each.token for each in (made, asked, without, public, bad)] == [
        "good",
        "good",
        "none",
        "none",
        "bad",
    ]
    assert (made.grant, bad.grant) == ("basic", None)


def test_an_exchange_tells_the_grant_of_its_token(mock_backend):
    mock_backend.oidc.add_client("robot", secret="tiktok", grant_types=["client_credentials"])
    connection = mock_backend.connect(user=None)
    connection.authenticate_oidc_client_credentials("robot", "tiktok")
    connection.describe_account()
    assert mock_backend.requests.select("GET /me")[-1].grant == "client_credentials"


def test_counts_and_sequences(mock_backend, api):
    first, second = api.create(), api.create()
    api.start(first)
    for _ in range(3):
        api.status(first)
    api.status(second)
    assert mock_backend.requests.sequence(job_id=first) == [
        "POST /jobs",
        "POST /jobs/{job_id}/results",
        "GET /jobs/{job_id}",
    ]
    assert mock_backend.requests.sequence("GET *") == ["GET /jobs/{job_id}"]
    assert mock_backend.requests.counts() == {
        "POST /jobs": 2,
        "POST /jobs/{job_id}/results": 1,
        "GET /jobs/{job_id}": 4,
    }
    assert mock_backend.requests.counts("status") == {201: 2, 202: 1, 200: 4}
    assert mock_backend.jobs.counts() == {"queued": 1, "created": 1}
    assert len(mock_backend.requests.select(job_id=second, token="good")) == 2
    with pytest.raises(TypeError, match=r"no attribute 'jobid' to select by\. Did you mean 'job_id'"):
        mock_backend.requests.select(jobid=second)


def test_nodes_of_all_graphs(mock_backend, api, graph):
    api.create(graph)
    api("POST /validation", json={"process_graph": graph})
    assert [node.arguments["nir"] for node in mock_backend.jobs.nodes("ndvi")] == ["B08"]
    assert len(mock_backend.requests.nodes("ndvi")) == 2
    assert {node.process_id for node in mock_backend.requests.nodes()} >= {"load_collection", "ndvi"}


class TestManners:
    def test_a_good_client_has_none(self, mock_backend, mock_backend_connection, graph):
        job = mock_backend_connection.create_job(graph)
        job.start_and_wait()
        job.get_results().get_assets()
        mock_backend.assert_good_citizen(poll_interval="1s")

    def test_each_lapse_is_told_with_what_relaxes_it(self, mock_backend, api):
        mock_backend.plan(JobPlan(queued=0, running="1h"))
        job_id = api.create()
        api.start(job_id)
        api.start(job_id)
        with pytest.raises(AssertionError) as caught:
            mock_backend.assert_good_citizen()
        assert str(caught.value) == (
            "The client has 2 lapses:\n"
            f"  started-twice: job {job_id} was started at 12:00:00 and at 12:00:00\n"
            f"  orphaned-job: job {job_id} was left running\n"
            "Expected: a job is started once, unless it was cancelled or changed in between.\n"
            "Expected: each job that is created is started, and ends or is deleted.\n"
            "To let them pass: allowed=['started-twice', 'orphaned-job']."
        )
        mock_backend.assert_good_citizen(allowed=["started-twice", "orphaned-job"])

    def test_polls_are_counted_by_job(self, mock_backend, api):
        jobs = [mock_backend.plant_job(status="finished").job_id for _ in range(2)]
        for job_id in (*jobs, *jobs):
            api.status(job_id)
            mock_backend.clock.advance("2s")
        assert [each.rule for each in mock_backend.lapses(poll_interval="5s")] == ["polls-too-fast"] * 2
        assert mock_backend.lapses(poll_interval="4s") == []

    def test_retries_wait(self, mock_backend, api):
        mock_backend.inject(Fault(status=503), "GET /jobs", times=2)
        api("GET /jobs")
        api("GET /jobs")
        mock_backend.clock.advance("5s")
        api("GET /jobs")
        assert [str(each) for each in mock_backend.lapses()] == [
            "retry-without-wait: GET /jobs was tried again at once after 503"
        ]

    def test_results_are_fetched_once(self, mock_backend, api, graph):
        job_id = mock_backend.plant_job(status="finished", process_graph=graph).job_id
        for _ in range(2):
            asset, *_ = api(f"GET /jobs/{job_id}/results").json()["assets"].values()
            requests.get(asset["href"])
        assert [each.rule for each in mock_backend.lapses()] == ["fetched-twice"]

    @pytest.mark.mock_backend(asset_host=True)
    def test_tokens_go_to_the_back_end_only(self, mock_backend, api, graph):
        job_id = mock_backend.plant_job(status="finished", process_graph=graph).job_id
        asset, *_ = api(f"GET /jobs/{job_id}/results").json()["assets"].values()
        api(f"GET {asset['href']}")
        assert [each.rule for each in mock_backend.lapses()] == ["token-elsewhere"]

    def test_an_unknown_rule_is_refused(self, mock_backend):
        with pytest.raises(
            ValueError, match=r"There is no rule 'poll-too-fast'. Did you mean 'polls-too-fast'"
        ):
            mock_backend.lapses(allowed="poll-too-fast")
