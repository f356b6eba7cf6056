"""The document of the control API: every member has a form, and every form answers."""

import requests
from openapi_spec_validator import validate

from mock_backend import JobPlan
from mock_backend.control import FaultOrder
from mock_backend.control.scenarios.schema import descriptions
from mock_backend.control_api.calls import parameters_of
from mock_backend.control_api.exposed import EXCEPTIONS, EXPOSED, all_members

#: Those whose members have endpoints of their own.
KINDS = {each.kind for each in EXPOSED if each.has_members} | {FaultOrder}

#: Arguments that forms cannot do without.
ARGUMENTS = {
    "/add_collection": {"collection": "OWN"},
    "/add_file_format": {"name": "OWN", "gis_data_types": ["raster"]},
    "/add_process": {"process": "own"},
    "/add_processes": {"processes": {"own2": {}}},
    "/add_remote_processes": {"processes": {"https://other.test/p.json": {"id": "p"}}},
    "/add_url": {"url": "https://other.test/x.txt", "content": "x"},
    "/at": {"instant": "2100-01-01T00:00:00Z"},
    "/clock/travel_to": {"when": "2100-01-01T00:00:00Z"},
    "/inject": {"route": "GET /services"},
    "/jobs/{job_id}/replan": {"plan": {}},
    "/jobs/{job_id}/set_progress": {"percent": 50},
    "/lag": {"by": "5s"},
    "/oidc/add_client": {"id": "own"},
    "/oidc/inject": {"route": "POST /token"},
    "/oidc_providers/add": {"id": "own"},
    "/oidc_providers/remove": {"id": "own"},
    "/plan": {"plan": {}, "title": "another"},
    "/set_result": {"result": {}},
    "/users/add": {"name": "bob"},
    "/users/remove": {"name": "bob"},
    "/users/revoke": {"name": "alice"},
}
#: Forms that need more than arguments, or end what the others need.
LEFT_OUT = {
    "/events": {"get"},
    "/jobs/{job_id}/thumbnail": {"get"},
    "/oidc/confirm": {"post"},
    "/oidc/deny": {"post"},
    "/reset": {"post"},
}


class TestTheListOfThem:
    def test_every_public_member_has_a_form_or_a_reason(self, control):
        paths = control.ask("/openapi.json")["paths"]
        without = []
        for exposed in EXPOSED:
            for member in all_members(exposed.kind) if exposed.has_members else ():
                path = f"{exposed.prefix}/{member.name}"
                method = "get" if member.is_question else "post"
                if method not in paths.get(path, {}) and member.key not in EXCEPTIONS:
                    without.append(path)
        assert without == []

    def test_every_form_answers(self, control, start):
        """The document follows from the classes, whatever becomes of a request."""
        order, wrong = control.backend.lag("5s"), []
        control.backend.plan(JobPlan(queued=0))
        for path, methods in control.ask("/openapi.json")["paths"].items():
            for method in methods.keys() - LEFT_OUT.get(path, set()):
                job_id = start() if "{job_id}" in path else None
                names = {"job_id": job_id, "order_id": order.id, "index": "-1", "name": "x.bin"}
                requests.get(control.backend.url, timeout=5)
                given = ARGUMENTS.get(path, {})
                where = {"params": given} if method == "get" else {"json": given}
                url = f"{control.root}/mock{path.format_map(names)}"
                answer = control.session.request(method, url, timeout=20, **where)
                if answer.status_code != 200 and "Expected one" not in answer.text:
                    wrong.append((method, path, answer.text))
        assert wrong == []

    def test_every_exception_is_of_something(self):
        members = {member.key for kind in KINDS for member in all_members(kind)}
        ours = {key for key in EXCEPTIONS if key.partition(".")[0] in {kind.__name__ for kind in KINDS}}
        assert ours - members == set()

    def test_only_callables_have_no_form_among_parameters(self):
        callables = {
            f"{member.key}({name})"
            for exposed in EXPOSED
            for member in exposed.members.values()
            if member.is_method and "fault" not in member.value.__annotations__
            for name in descriptions(member.value)
            if name not in parameters_of(member.value)[0] and not name.startswith("conditions")
        }
        assert {each for each in callables if "(where)" not in each} <= {
            "MockBackend.add_collection(facts)",
            "MockBackend.add_process(members)",
            "Clock.advance(units)",
            "Users.add(facts)",
        }

    def test_the_document_is_openapi(self, control):
        document = control.ask("/openapi.json")

        validate(document)
        plan = document["paths"]["/plan"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert "where" not in plan["properties"]
        assert "Only jobs with this title" in plan["properties"]["title"]["description"]
        assert plan["required"] == ["plan"]
