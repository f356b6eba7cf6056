"""Access to the control API, and secrets that the page keeps."""

import pytest
import requests

from mock_backend.control_api.guard import Guard

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def get(control, path="/clock", **headers):
    return requests.get(f"{control.root}/mock{path}", headers=headers, timeout=5)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "evil.example:8080", "Origin": "http://evil.example:8080"},
        {"Host": "[::1"},
        {"Host": ""},
    ],
)
def test_other_sites_and_rebound_names_are_refused(control, headers):
    for method in ("GET", "POST", "OPTIONS", "PUT", "DELETE"):
        answer = requests.request(method, f"{control.root}/mock/reset", headers=headers, timeout=5)

        assert answer.status_code == 403
        assert answer.json()["code"] == "PermissionsInsufficient"
        assert "access-control-allow-origin" not in answer.headers


def test_its_own_page_and_programs_are_not(control):
    assert get(control).status_code == 200
    assert get(control, Origin=control.root, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
    port = control.root.rpartition(":")[2]
    assert get(control, Host=f"localhost:{port}").status_code == 200
    assert get(control, Host=f"[::1]:{port}").status_code == 200


def test_there_is_no_cors(control):
    answer = get(control)
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


def test_machines_elsewhere_are_refused():
    scope = {"headers": [(b"host", b"localhost:8080")], "scheme": "http", "client": ("192.0.2.7", 1234)}

    assert Guard().refusal(scope).status_code == 403
    assert Guard().refusal(scope | {"client": ("127.0.0.1", 1)}) is None
    assert Guard().refusal(scope | {"client": ("::1", 1)}) is None


def test_with_a_secret_only_those_who_know_it(make_control):
    control = make_control(secret="hush")

    for given in ({}, {"Authorization": "Bearer no"}, {"Authorization": "Bearer hüsh".encode()}):
        answer = get(control, **given)
        assert (answer.status_code, answer.json()["code"]) == (401, "AuthenticationRequired")
    assert get(control, Authorization="Bearer hush", Host="build-7.internal").status_code == 200
    assert get(control, Authorization="Bearer hush", Origin="https://evil.example").status_code == 403


def test_health_needs_no_secret_and_tells_nothing(make_control):
    control = make_control(secret="hush")
    answer = get(control, "/health")

    assert (answer.status_code, answer.content) == (204, b"")
    assert len(control.backend.requests) == 0


class TestThePage:
    def test_is_for_browsers(self, control):
        page = requests.get(control.root, headers=BROWSER, timeout=5)
        others = requests.get(control.root, timeout=5)
        unknown = requests.get(f"{control.root}/no/such", headers=BROWSER, timeout=5)

        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert others.json()["api_version"]
        assert (unknown.status_code, unknown.text) == (404, page.text)
        assert requests.get(f"{control.root}/no/such", timeout=5).json()["code"] == "NotFound"
        known = requests.get(f"{control.root}/openeo/1.2/collections", headers=BROWSER, timeout=5)
        assert known.json()["collections"]

    def test_has_no_secrets_and_nothing_from_elsewhere(self, make_control):
        control = make_control(secret="hush-hush", users={"ada": "lovelace-1"})
        page = requests.get(control.root, headers=BROWSER, timeout=5)

        assert not {"hush-hush", "lovelace-1"} & set(page.text.replace('"', " ").split())
        assert "hush-hush" not in page.text
        assert "lovelace-1" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy

    def test_leaves_no_trace_in_the_journal(self, control):
        requests.get(control.root, headers=BROWSER, timeout=5)
        control.ask("/")

        assert len(control.backend.requests) == 0
