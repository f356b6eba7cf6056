"""The changes of a job's status that the diagram of API 1.3 shows, and no others."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend import JobPlan, MockBackend

#: openEO API 1.3.0, "assets/status-diagram.png". Without partial results a running job goes back to created.
DIAGRAM = {
    "created": {"queued"},
    "queued": {"created", "running"},
    "running": {"created", "canceled", "finished", "error"},
    "canceled": {"queued"},
    "finished": {"queued"},
    "error": {"queued"},
}

STEPS = ("start", "cancel", "change", "wait")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=15), st.booleans(), st.sampled_from([None, 0.5]))
def test_statuses_change_as_the_diagram_has_it(api_of, steps, partial, fails_at):
    plan = JobPlan(queued="1m", running="4m", fails_at=fails_at, partial_results=partial)
    with MockBackend("https://diagram.test", api_version="1.3", plan=plan) as backend:
        api = api_of(backend)
        job_id = api.create({"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}})
        status = "created"
        for step in steps:
            if step == "wait":
                backend.clock.advance("1m")
            elif step == "start":
                api.start(job_id)
            elif step == "cancel":
                assert api(f"DELETE /jobs/{job_id}/results").status_code == 204
            else:
                changed = api(f"PATCH /jobs/{job_id}", json={"title": "other"}).status_code
                assert changed == (400 if status in ("queued", "running") else 204)
            before, status = status, api.status(job_id)
            assert status == before or status in DIAGRAM[before]
