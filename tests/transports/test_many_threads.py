"""Thirty-two threads at once, in this process and over sockets: no update is lost, each request is noted."""

import threading
from collections import Counter

import pytest
import requests

THREADS = 32


@pytest.fixture(params=["in-process", "live"])
def url(request, mock_backend):
    return mock_backend.url if request.param == "in-process" else mock_backend.live().url


def test_no_update_is_lost(mock_backend, graph, url):
    mock_backend.set_capacity(running=2)
    headers = {"Authorization": f"Bearer {mock_backend.token()}"}
    barrier, codes = threading.Barrier(THREADS), Counter()

    def ask(method, path, **options):
        answer = requests.request(method, url + path, headers=headers, timeout=30, **options)
        codes[threading.current_thread(), answer.status_code] += 1
        return answer

    shared = ask("POST", "/jobs", json={"process": {"process_graph": graph}}).headers["OpenEO-Identifier"]

    def work(number):
        barrier.wait()
        made = ask("POST", "/jobs", json={"process": {"process_graph": graph}, "title": str(number)})
        ask("PATCH", f"/jobs/{shared}", json={f"member_{number}": number})
        ask("POST", f"/jobs/{made.headers['OpenEO-Identifier']}/results")

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)

    assert {status for _, status in codes} == {201, 202, 204}
    assert sum(codes.values()) == len(mock_backend.requests) == 1 + 3 * THREADS
    assert all(each.status for each in mock_backend.requests)
    assert mock_backend.jobs.one(job_id=shared).additional == {f"member_{n}": n for n in range(THREADS)}
    assert {job.title for job in mock_backend.jobs} == {None, *map(str, range(THREADS))}
    assert mock_backend.jobs.counts() == {"created": 1, "queued": THREADS}
    mock_backend.clock.advance("10h")
    assert mock_backend.jobs.counts() == {"created": 1, "finished": THREADS}
    assert mock_backend.stats.most_running == 2
