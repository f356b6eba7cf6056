"""Whatever happens to users, tokens, jobs and time: no user reaches what belongs to another."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, cycle

import requests
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from mock_backend import JobPlan, MockBackend
from mock_backend.settings import AppSettings

_hosts = count()

GRAPH = {
    "load": {
        "process_id": "load_collection",
        "arguments": {"id": "SENTINEL2_L2A", "spatial_extent": None, "temporal_extent": None},
    },
    "save": {
        "process_id": "save_result",
        "arguments": {"data": {"from_node": "load"}, "format": "GTiff"},
        "result": True,
    },
}
UDP = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
PEOPLE = ("alice", "bob", "carol")

#: The things of a user by kind: how they are reached, and the answer that their owner gets.
OPERATIONS = {
    "job": (
        ("GET", "/jobs/{}", {200}),
        ("PATCH", "/jobs/{}", {204, 400}),
        ("GET", "/jobs/{}/logs", {200}),
        ("GET", "/jobs/{}/results", {200, 400}),
        ("GET", "/jobs/{}/estimate", {200}),
    ),
    "service": (("GET", "/services/{}", {200}), ("GET", "/services/{}/logs", {200})),
    "process": (("GET", "/process_graphs/{}", {200}),),
    "file": (("GET", "/files/{}", {200}),),
}
LISTINGS = {
    "job": ("/jobs", "jobs", "id"),
    "service": ("/services", "services", "id"),
    "process": ("/process_graphs", "processes", "id"),
    "file": ("/files", "files", "path"),
}


@dataclass(eq=False)
class Person:
    """An account from its making to its removal."""

    name: str
    is_there: bool = True


@dataclass(eq=False)
class Token:
    """A bearer token, and what the model thinks of it."""

    text: str
    owner: Person
    #: None: it does not expire by itself.
    expires: datetime | None = None
    #: True if it was ended: expired, revoked, or signed with a key that is gone.
    is_over: bool = False
    refresh_token: str | None = None

    def is_good(self, now: datetime) -> bool:
        return self.owner.is_there and not self.is_over and (self.expires is None or now < self.expires)


@dataclass(eq=False)
class Thing:
    """Something that belongs to the user of a name."""

    kind: str
    id: str
    owner: str
    is_there: bool = True


@dataclass(eq=False)
class Link:
    """A signed URL."""

    url: str
    thing: Thing
    expires: datetime


@dataclass
class Model:
    """All that was ever there."""

    tokens: list[Token] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


class Reach(RuleBasedStateMachine):
    """Several people, tokens of both kinds, and things of theirs."""

    tokens = Bundle("tokens")
    things = Bundle("things")
    links = Bundle("links")

    @initialize(token_ttl=st.sampled_from([None, "1h"]), rotate=st.booleans())
    def begin(self, token_ttl, rotate):
        self.backend = MockBackend(
            f"https://reach-{next(_hosts)}.test",
            users={name: f"password of {name}" for name in PEOPLE},
            plan=JobPlan(queued="1m", running="10m"),
            settings=AppSettings(link_lifetime=2400),
        ).open()
        self.backend.users.token_ttl = token_ttl
        self.backend.oidc.rotate_refresh_tokens = rotate
        self.people = {name: Person(name) for name in PEOPLE}
        self.model = Model()
        self.numbers = count()
        self.listings = cycle(LISTINGS.items())

    def teardown(self):
        if hasattr(self, "backend"):
            self.backend.close()

    # -- people and tokens ----------------------------------------------------------------------------

    @rule(target=tokens, name=st.sampled_from(PEOPLE))
    def log_in_with_a_password(self, name):
        answer = requests.get(self.backend.url + "/credentials/basic", auth=(name, f"password of {name}"))
        if not self.people[name].is_there:
            assert (answer.status_code, answer.json()["code"]) == (403, "CredentialsInvalid")
            return multiple()
        ttl = self.backend.users.token_ttl
        expires = None if ttl is None else self.now + ttl
        return self._seen("basic//" + answer.json()["access_token"], name, expires)

    @rule(target=tokens, name=st.sampled_from(PEOPLE), way=st.sampled_from(["password", "device", "code"]))
    def log_in_by_oidc(self, name, way):
        if not self.people[name].is_there:
            return multiple()
        ask = {"password": self._by_password, "device": self._by_device, "code": self._by_code}[way]
        return self._given(ask(name), name)

    @rule(target=tokens, token=tokens)
    def refresh(self, token):
        if token.refresh_token is None:
            return multiple()
        answer = self._post(
            "/token",
            grant_type="refresh_token",
            client_id="openeo-default",
            refresh_token=token.refresh_token,
        )
        if answer.status_code != 200:
            # Whether it had to fail is the provider's own affair; here it must only not give a token.
            assert "access_token" not in answer.json()
            if self.backend.oidc.rotate_refresh_tokens:
                self._replayed(token)
            return multiple()
        assert token.owner.is_there
        return self._given(answer.json(), token.owner.name)

    @rule(name=st.sampled_from(PEOPLE[1:]))
    def remove_or_add(self, name):
        if self.people[name].is_there:
            self.people[name].is_there = False
            self.backend.users.remove(name)
        else:
            self.people[name] = Person(name)
            self.backend.users.add(name, f"password of {name}")

    @rule(name=st.sampled_from([None, *PEOPLE]))
    def expire(self, name):
        if name is not None and not self.people[name].is_there:
            return
        self.backend.users.expire_tokens(name)
        self.backend.oidc.expire_tokens(name)
        self._end(name)

    @rule(name=st.sampled_from(PEOPLE))
    def revoke(self, name):
        if self.people[name].is_there:
            self.backend.users.revoke(name)
            self.backend.oidc.revoke(name)
            self._end(name)

    @rule(keep_old=st.booleans())
    def rotate_keys(self, keep_old):
        self.backend.oidc.rotate_keys(keep_old=keep_old)
        if not keep_old:
            for token in self.model.tokens:
                token.is_over = token.is_over or token.text.startswith("oidc/")

    @rule(minutes=st.sampled_from([1, 30, 60]))
    def wait(self, minutes):
        self.backend.clock.advance(minutes=minutes)

    # -- things -----------------------------------------------------------------------------------------

    @rule(target=things, token=tokens, kind=st.sampled_from(sorted(OPERATIONS)))
    def make(self, token, kind):
        name = f"{kind}-{next(self.numbers)}"
        route, body = {
            "job": ("POST /jobs", {"json": {"process": {"process_graph": GRAPH}}}),
            "service": ("POST /services", {"json": {"process": {"process_graph": GRAPH}, "type": "XYZ"}}),
            "process": (f"PUT /process_graphs/{name.replace('-', '_')}", {"json": {"process_graph": UDP}}),
            "file": (
                f"PUT /files/{name}.txt",
                {"data": name.encode(), "headers": {"Content-Type": "application/octet-stream"}},
            ),
        }[kind]
        answer = self._ask(route, token, **body)
        if self._is_refused(token, answer):
            return multiple()
        assert answer.status_code in (200, 201), answer.text
        made = answer.headers.get("OpenEO-Identifier") or route.rpartition("/")[2]
        thing = Thing(kind, made, token.owner.name)
        self.model.things.append(thing)
        return thing

    @rule(token=tokens, thing=things)
    def delete(self, token, thing):
        path = OPERATIONS[thing.kind][0][1].format(thing.id)
        answer = self._ask(f"DELETE {path}", token)
        if self._check(token, thing, answer, {204}):
            thing.is_there = False

    @rule(token=tokens, thing=things, data=st.data())
    def reach(self, token, thing, data):
        method, path, fine = data.draw(st.sampled_from(OPERATIONS[thing.kind]))
        answer = self._ask(
            f"{method} {path.format(thing.id)}", token, **({"json": {}} if method == "PATCH" else {})
        )
        self._check(token, thing, answer, fine)

    @rule(target=links, token=tokens, thing=things)
    def run_and_ask_for_links(self, token, thing):
        if thing.kind != "job":
            return multiple()
        self._ask(f"POST /jobs/{thing.id}/results", token)
        self.backend.clock.advance(minutes=11)
        answer = self._ask(f"GET /jobs/{thing.id}/results", token)
        if not self._check(token, thing, answer, {200, 400}) or answer.status_code == 400:
            return multiple()
        document = answer.json()
        hrefs = [each["href"] for each in document["links"] if each["rel"] == "canonical"]
        hrefs += [each["href"] for each in document["assets"].values()]
        expires = self.now + timedelta(seconds=self.backend.settings.link_lifetime)
        links = [Link(href, thing, expires) for href in hrefs]
        self.model.links += links
        return multiple(*links)

    @invariant()
    def links_are_good_as_long_as_they_should_be(self):
        for link in self.model.links[-2:] if hasattr(self, "model") else ():
            answer = requests.get(link.url)
            if not link.thing.is_there:
                assert answer.status_code in (404, 410)
            elif self.now >= link.expires:
                assert (answer.status_code, answer.json()["code"]) == (410, "ResultLinkExpired")
            else:
                assert answer.status_code == 200

    @rule(link=links, thing=things)
    def bend(self, link, thing):
        """A signature is good for what it was made for, and for nothing else."""
        if thing.kind == "job" and thing is not link.thing:
            answer = requests.get(link.url.replace(link.thing.id, thing.id))
            assert answer.status_code in (403, 404), answer.text

    @invariant()
    def tokens_are_good_as_long_as_they_should_be(self):
        for token in self.model.tokens[-4:] if hasattr(self, "model") else ():
            answer = self._ask("GET /me", token)
            if not self._is_refused(token, answer):
                assert answer.json()["user_id"] == token.owner.name

    @invariant()
    def each_user_sees_their_own_things(self):
        if not hasattr(self, "model") or not self.model.tokens:
            return
        token = self.model.tokens[-1]
        # One listing after each step, in turn.
        kind, (path, member, id_) = next(self.listings)
        answer = self._ask(f"GET {path}", token)
        if not self._is_refused(token, answer):
            seen = {each[id_] for each in answer.json()[member]}
            own = {
                thing.id
                for thing in self.model.things
                if thing.kind == kind and thing.is_there and thing.owner == token.owner.name
            }
            assert seen == own

    # -- inside -----------------------------------------------------------------------------------------

    @property
    def now(self):
        return self.backend.clock.now()

    def _ask(self, route, token, headers=None, **body):
        method, path = route.split(" ")
        headers = {"Authorization": f"Bearer {token.text}"} | (headers or {})
        return requests.request(method, self.backend.url + path, headers=headers, **body)

    def _post(self, path, **form):
        return requests.post(self.backend.oidc.url + path, data=form)

    def _by_password(self, name):
        return self._post(
            "/token",
            grant_type="password",
            client_id="openeo-default",
            username=name,
            password=f"password of {name}",
            scope="openid offline_access",
        ).json()

    def _by_device(self, name):
        self.backend.oidc.script_device("confirmed", user=name, times=1)
        device = self._post(
            "/device_authorization", client_id="openeo-default", scope="openid offline_access"
        ).json()
        return self._post(
            "/token",
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
            client_id="openeo-default",
            device_code=device["device_code"],
        ).json()

    def _by_code(self, name):
        self.backend.oidc.add_client("site", "hidden", redirect_urls=["https://site.test/back"])
        address = (
            f"{self.backend.oidc.url}/authorize?response_type=code&client_id=site&scope=openid"
            "&redirect_uri=https://site.test/back"
        )
        code = self.backend.oidc.browse(address, name).partition("code=")[2].partition("&")[0]
        return self._post(
            "/token",
            grant_type="authorization_code",
            client_id="site",
            client_secret="hidden",
            code=code,
            redirect_uri="https://site.test/back",
        ).json()

    def _given(self, answer, name):
        expires = self.now + timedelta(seconds=answer["expires_in"])
        return self._seen("oidc/mock/" + answer["access_token"], name, expires, answer.get("refresh_token"))

    def _seen(self, text, name, expires, refresh_token=None):
        token = Token(text, self.people[name], expires, refresh_token=refresh_token)
        self.model.tokens.append(token)
        return token

    def _end(self, name):
        for token in self.model.tokens:
            if name in (None, token.owner.name):
                token.is_over = True

    def _replayed(self, token):
        """A refresh token that was used twice ends its family; which tokens that are, the API tells."""
        for each in self.model.tokens:
            if each.owner is token.owner and each.text.startswith("oidc/") and each.is_good(self.now):
                each.is_over = self._ask("GET /me", each).status_code != 200

    def _is_refused(self, token, answer):
        if token.is_good(self.now):
            assert answer.status_code not in (401, 403), answer.text
            return False
        assert (answer.status_code, answer.json()["code"]) == (403, "TokenInvalid"), answer.text
        return True

    def _check(self, token, thing, answer, fine):
        """Check an answer; True if it is one to the owner of what is there."""
        if self._is_refused(token, answer):
            return False
        if thing.owner == token.owner.name and thing.is_there:
            assert answer.status_code in fine, answer.text
            return True
        assert answer.status_code == 404, answer.text
        return False


Reach.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestReach = Reach.TestCase
