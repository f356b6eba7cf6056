"""The short way and FastAPI's way give the same answers; an own app always goes FastAPI's way."""

from typing import Annotated, Literal

import pytest
from fastapi import Depends, Header, Query, Request

from mock_backend import JobPlan, MockBackend
from mock_backend.api.models import Endpoint, JobsRequest
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.jobs import JobsRegister

GRAPH = {"process_graph": {"pi": {"process_id": "pi", "arguments": {}, "result": True}}}


QUERIES = {
    "/jobs": "limit=2 limit= limit=0 limit=x limit=1.0 limit=2&limit=1 before=2 before= limit=+2 "
    "limit=%32 limit=%202 unknown=1 limit=2&before=3 limit=1e1 LIMIT=1",
    "/jobs/{0}/logs": "level=info level= level=loud offset=1-1 offset= "
    "offset=x limit=1 level=info&level=error",
    "/jobs/{0}/results": "partial=true",
    "/jobs/{1}/results": "partial=true partial= partial=1 partial=yes partial=TRUE partial=2 partial",
}
BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'""',
    b"1",
    b'{"title": 1}',
    b'{"title": null}',
    b'{"title": "a"} x',
    b'\xef\xbb\xbf{"title": "b"}',
    '{"title": "ü"}'.encode("latin-1"),
    '{"title": "c"}'.encode("utf-16"),
    b'{"budget": "5"}',
    b'{"budget": 1e400}',
    b'{"budget": NaN}',
    b'{"title": "\\ud800"}',
    b'{"a": ' + b"[" * 300,
    b'{"title": "a", "title": "b"}',
    b'{"x": [[[1]]]}',
]
TYPES = [
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/geo+json",
    "text/plain",
    "application/x-www-form-urlencoded",
    None,
]
TOKENS = [None, "", "Bearer x", "Basic x", "bearer x"]


def requests_to_compare(ids):
    """Yield requests of all kinds, regular and odd."""
    for path, queries in QUERIES.items():
        for query in ["", *queries.split(" ")]:
            yield f"GET {path.format(*ids)}?{query}", {}
    for body in BODIES:
        yield f"PATCH /jobs/{ids[2]}", {"data": body, "headers": {"Content-Type": "application/json"}}
    for kind in TYPES:
        yield f"PATCH /jobs/{ids[2]}", {"data": b'{"title": "t"}', "headers": {"Content-Type": kind}}
    for token in TOKENS:
        for route in ("GET /jobs", "GET /jobs?limit=x", "GET /jobs/nothing", "PATCH /jobs/nothing"):
            yield (
                route,
                {"data": b"{", "headers": {"Authorization": token, "Content-Type": "application/json"}},
            )
    for path in ("/jobs/%2E", "/jobs/a%20b", "/jobs/%C3%BC", "/jobs/a;b", "/jobs/"):
        yield f"GET {path}", {}


def answers(api_of, *, own_app):
    """Ask a fresh back-end all of it."""
    with MockBackend("https://same.test", plan=JobPlan.immediate()) as backend:
        if own_app:
            backend.app  # noqa: B018  # from now on requests go FastAPI's way
        api = api_of(backend)
        ids = [api.create(GRAPH["process_graph"]) for _ in range(3)]
        api.start(ids[0])
        with backend.plan(JobPlan.stuck()):
            api.start(ids[1])
        for route, options in requests_to_compare(ids):
            response = api(route, **options)
            yield (
                (route, options),
                (response.status_code, response.headers.get("Content-Type"), response.content),
            )


def test_requests_of_all_kinds_are_answered_alike(api_of):
    short, long = list(answers(api_of, own_app=False)), list(answers(api_of, own_app=True))

    assert len(short) > 80
    assert len({answer[0] for _, answer in short}) >= 4
    for one, other in zip(short, long, strict=True):
        assert one == other


def answered(api_of, method, ask, *, own_app, **settings):
    """Serve a method of a register and return its answer."""

    class Register(JobsRegister):
        def _initialize_endpoints(self):
            return [Endpoint(path="/try/{name}", methods=["GET", "POST"], handler="attempt")]

    Register.attempt = method
    with MockBackend("https://try.test", registers=[Register], **settings) as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference
        return ask(api_of(backend)).content


def header(self, name: str, x: Annotated[str | None, Header()] = None):
    return [name, x]


def optional_body(self, name: str, body: JobsRequest | None = None):
    return None if body is None else [body.title]


def plain_body(self, name: str, body: dict | None = None):
    return [body]


def alias(self, name: str, number: Annotated[int, Query(alias="count")] = 1):
    return [number]


def literal(self, name: str, kind: Literal["a", "b"] = "a", many: Annotated[list[int], Query()] = []):  # noqa: B006  # as FastAPI's own examples
    return [kind, many]


def own_limit(self, name: str, limit: float = 0.5):
    return [limit]


def own_request(self, name: str, req: Request):
    return [req.headers["x"]]


def number_in_path(self, name: int):
    return [name]


def noted_user(self, name: str, user: Annotated[User, Depends(Authenticator.validate)]):
    return [user.user_id]


@pytest.mark.parametrize(
    ("method", "ask", "expected"),
    [
        (header, lambda api: api("GET /try/n", headers={"X": "v"}), b'["n","v"]'),
        (optional_body, lambda api: api("POST /try/n", json={"title": "t"}), b'["t"]'),
        (optional_body, lambda api: api("GET /try/n"), b""),
        (plain_body, lambda api: api("POST /try/n", json={"a": 1}), b'[{"a":1}]'),
        (alias, lambda api: api("GET /try/n?count=7"), b"[7]"),
        (literal, lambda api: api("GET /try/n?kind=b&many=1&many=2"), b'["b",[1,2]]'),
        (own_limit, lambda api: api("GET /try/n?limit=0.25"), b"[0.25]"),
        (own_request, lambda api: api("GET /try/n", headers={"X": "v"}), b'["v"]'),
        (number_in_path, lambda api: api("GET /try/7"), b"[7]"),
        (noted_user, lambda api: api("GET /try/n"), b'["alice"]'),
    ],
)
@pytest.mark.parametrize("own_app", [False, True])
def test_signatures_mean_what_they_mean_to_fastapi(api_of, method, ask, expected, own_app):
    assert answered(api_of, method, ask, own_app=own_app) == expected


class Gatekeeper:
    """An authentication that is an object."""

    async def __call__(self, x_key: str = Header("unknown")) -> User:
        return User(user_id=x_key)


def generator():
    yield User(user_id="eve")


@pytest.mark.parametrize(("authenticate", "expected"), [(Gatekeeper(), b'["eve"]'), (generator, b'["eve"]')])
@pytest.mark.parametrize("own_app", [False, True])
def test_whatever_fastapi_takes_can_authenticate(api_of, authenticate, expected, own_app):
    def ask(api):
        return api("GET /try/n", headers={"X-Key": "eve"})

    assert answered(api_of, noted_user, ask, own_app=own_app, authenticate=authenticate) == expected
