"""Requests made at random, with a sense for structure: all operations, all processes, odd values and sizes.

By hand on Linux, with limits of time and memory: ``python tests/sturdy/fuzzing.py --minutes 20``.
"""

import argparse
import copy
import json
import random
import sys
import time
import warnings
from collections import Counter
from itertools import islice
from pathlib import Path

import requests

from mock_backend import MockBackend
from mock_backend.settings import AppSettings
from mock_backend.stores import MemoryStore

#: The most processor time of an answer, in seconds, and the most growth of the process, in MB: while it
#: is made, and in a whole run.
SLOW, LARGE = 2.0, 200
#: The number of requests before growth counts: imports, caches, the journal.
WARM_UP = 10_000
#: The largest body of a request, about, and the most that users keep before all is forgotten, in bytes.
MOST = 20_000_000
#: Refusals that have a status of 5xx, as the API has it.
KNOWN = {"EstimateComplexity", "FeatureUnsupported"}

HALF = "\ud800"
TEXTS = [
    *("", "a", "x" * 3000, HALF, "a\udfffb", "\x00", "B04", "t", "x", "y"),
    *("bands", "é", "../..", "n0", "%", "🛰"),
]
NUMBERS = [0, 1, -1, 2, 0.5, 10**400, -(10**400), 1e308, -1e308, 1e-320, 2**53, 2**63, 10**6, -(2**31), 3.7]
TIMES = [
    "2024-06-01",
    "2024-06-05T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "2024-02-30",
    "24:00:00Z",
    "2024-06-01T00:00:00+99:00",
]
BOX = {"west": 5.0, "south": 51.2, "east": 5.004, "north": 51.204}
LOAD = {
    "process_id": "load_collection",
    "arguments": {
        "id": "SENTINEL2_L2A",
        "spatial_extent": BOX,
        "temporal_extent": ["2024-06-01", "2024-06-20"],
        "bands": ["B04", "B08"],
    },
}
BODIES = {
    "POST /jobs": {
        "title": "t",
        "process": {"process_graph": {}},
        "plan": None,
        "budget": 3,
        "log_level": "info",
    },
    "PATCH /jobs/{job_id}": {"title": "t", "description": "d", "budget": 1, "process": {"process_graph": {}}},
    "POST /result": {"process": {"process_graph": {}}, "budget": None},
    "POST /validation": {"process_graph": {}, "parameters": []},
    "POST /services": {
        "type": "xyz",
        "process": {"process_graph": {}},
        "configuration": {"version": "1.1.1"},
    },
    "PATCH /services/{service_id}": {"title": "t", "enabled": False, "configuration": {}},
    "PUT /process_graphs/{process_graph_id}": {
        "process_graph": {},
        "parameters": [{"name": "p", "description": "d", "schema": {"type": "number"}, "default": 1}],
        "returns": {"schema": {"type": "number"}},
        "links": [{"rel": "about", "href": "https://example.test"}],
    },
    "POST /search": {
        "collections": ["SENTINEL2_L2A"],
        "bbox": [5, 51, 6, 52],
        "datetime": "2024-06-01/2024-06-03",
        "limit": 3,
        "filter-lang": "cql2-json",
        "filter": {"op": "<", "args": [{"property": "eo:cloud_cover"}, 50]},
        "sortby": [{"field": "datetime", "direction": "asc"}],
    },
}
QUERIES = [
    *("limit", "page", "offset", "level", "partial", "namespace", "token"),
    *("bbox", "datetime", "filter", "filter-lang", "ids", "collections", "intersects", "sortby"),
]


class Maker:
    """Make requests.

    Args:
        seed: Decides them.
        backend: The back-end; what it offers is what is asked for.
        session: What asks for its operations and processes.
    """

    def __init__(self, seed, backend, session):
        self.random = random.Random(seed)
        self.processes = session.get(f"{backend.url}/processes").json()["processes"]
        found = session.get(f"{backend.url}/").json()["endpoints"]
        self.operations = [(method, each["path"]) for each in found for method in each["methods"]]
        self.ids = ["nothing", "SENTINEL2_L2A", "a.json", "p0"]
        #: Schemas of a user's process come back as they were sent, sound or not, where any are taken.
        self.takes_schemas = bool({"parameter-schema", "all"} & set(backend.settings.lets_pass))
        #: Factor by which a body may still grow.
        self.room = 1

    def request(self):
        """Return a method, a path with its query, headers, and a body or None."""
        rng = self.random
        method, template = rng.choice(self.operations)
        if rng.random() < 0.6:  # most of what can go wrong begins here
            method, template = rng.choice(sorted(BODIES)).split(" ")
        path = template
        while "{" in path:
            start, rest = path.split("{", 1)
            path = start + self.identifier() + rest.split("}", 1)[1]
        if method == "GET" and rng.random() < 0.5:
            pairs = [(rng.choice(QUERIES), self.text()) for _ in range(rng.randint(1, 3))]
            path += "?" + "&".join(f"{name}={requests.utils.quote(value)}" for name, value in pairs)
        headers = {"Content-Type": "application/json"}
        if rng.random() < 0.1:
            name = rng.choice(
                ["Host", "Range", "Content-Type", "Accept", "Authorization", "If-Modified-Since"]
            )
            headers[name] = rng.choice(
                ["[::1", "a b", "bytes=9-", "x/y; charset=z", "é", "Bearer basic//x", "*"]
            )
        return method, path, headers, self.body(method, template)

    def body(self, method, template):
        """Return the body of a request as bytes."""
        if method not in ("POST", "PUT", "PATCH"):
            return None
        rng = self.random
        body = copy.deepcopy(BODIES.get(f"{method} {template}", {"a": 1}))
        for holder in (body, body.get("process")):
            if isinstance(holder, dict) and "process_graph" in holder:
                holder["process_graph"] = self.graph()
        raw = json.dumps(body)
        for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
            self.room = MOST // len(raw)
            body = self.changed(body)
            raw = json.dumps(body)
        raw = raw.encode()
        return raw[: rng.randrange(len(raw) + 1)] if rng.random() < 0.02 else raw

    def graph(self, depth=0):
        """Return a process graph whose nodes take what those before them make."""
        rng = self.random
        graph = {}
        if not depth and rng.random() < 0.7:
            graph["n0"] = copy.deepcopy(LOAD)
        for _ in range(rng.choice([1, 1, 2, 3, 5] if not depth else [1, 1, 2])):
            definition = rng.choice(self.processes)
            arguments = {
                each["name"]: self.argument(each, list(graph), depth)
                for each in definition["parameters"]
                if not each.get("optional") or rng.random() < 0.3
            }
            graph[f"n{len(graph)}"] = {"process_id": definition["id"], "arguments": arguments}
        if rng.random() < 0.03:
            graph |= self.repeated(list(graph))
        graph[list(graph)[-1]]["result"] = True
        return graph

    def repeated(self, before):
        """Return many nodes that each take the one before, twice if there is room for that."""
        rng, last, nodes = self.random, before[-1], {}
        definition = rng.choice(self.processes)
        for number in range(rng.choice([10, 60, 300])):
            arguments = {
                each["name"]: [{"from_node": last}] * 2
                if "array" in str(each["schema"]) and rng.random() < 0.5
                else {"from_node": last}
                for each in definition["parameters"]
                if not each.get("optional")
            }
            last = f"r{number}"
            nodes[last] = {"process_id": definition["id"], "arguments": arguments}
        return nodes

    def argument(self, parameter, nodes, depth):
        """Return an argument that may fit a parameter."""
        rng, schema = self.random, str(parameter["schema"])
        kind = rng.random()
        if "process-graph" in schema and kind < 0.9 and depth < 4:
            return {"process_graph": self.graph(depth + 1)}
        if depth and kind < 0.4:
            return {"from_parameter": rng.choice(["x", "y", "data", "context", "value", "label"])}
        if nodes and kind < (0.9 if "datacube" in schema else 0.3):
            return {"from_node": rng.choice(nodes)}
        if kind < 0.4:
            return self.odd()
        for word, make in (
            ("bounding-box", lambda: {**BOX, rng.choice(list(BOX)): rng.choice(NUMBERS)}),
            ("geojson", self.geometry),
            ("temporal-interval", lambda: [rng.choice(TIMES), rng.choice(TIMES)]),
            ("date", lambda: rng.choice(TIMES)),
            ("enum", lambda: rng.choice([*_choices(parameter["schema"]), self.text()])),
            ("array", lambda: [self.odd() for _ in range(rng.choice([0, 1, 2, 5]))]),
            ("number", lambda: rng.choice(NUMBERS)),
            ("integer", lambda: rng.choice(NUMBERS)),
            ("boolean", lambda: rng.random() < 0.5),
        ):
            if word in schema:
                return make()
        return self.text()

    def geometry(self):
        """Return GeoJSON, sound or not."""
        rng = self.random
        count = rng.choice([3, 4, 5, 40])
        ring = [[5 + rng.random() / 99, 51.2 + rng.random() / 99] for _ in range(count)]
        if rng.random() < 0.3:
            ring[0] = [rng.choice(NUMBERS), rng.choice(NUMBERS)]
        found = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        if rng.random() < 0.3:
            found = {"type": rng.choice(["Point", "MultiPoint", "LineString", "Circle"]), "coordinates": ring}
        if rng.random() < 0.5:
            features = [{"type": "Feature", "properties": {}, "geometry": found}] * rng.choice([0, 1, 3, 100])
            return {"type": "FeatureCollection", "features": features}
        return found

    def odd(self):
        """Return a value that nothing expects, sometimes a large or a deep one."""
        rng = self.random
        found = rng.choice([*TEXTS, *NUMBERS, *TIMES, None, True, False, [], {}])
        kind = rng.random()
        if kind < 0.1:
            return [found] * rng.choice([1, 2, 100, 5000])
        if kind < 0.15:
            return {str(found)[:20]: found}
        if kind < 0.2:
            for _ in range(rng.choice([5, 50, 150])):
                found = [found]
        return found

    def changed(self, value):
        """Return a JSON value with something else, more or less at some place in it."""
        rng = self.random
        if not isinstance(value, dict | list) or not value or rng.random() < 0.15:
            return self.odd()
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key, kind = rng.choice(keys), rng.random()
        if key == "schema" and self.takes_schemas:
            return value
        if kind < 0.1:
            del value[key]
        elif kind < 0.2 and isinstance(value, dict):
            value[self.text()] = self.odd()
        elif kind < 0.3 and isinstance(value, list) and self.room > 1:
            times = min(rng.choice([2, 100]), self.room)
            self.room //= times
            value *= times
        else:
            value[key] = self.changed(value[key])
        return value

    def text(self):
        """Return a text."""
        rng = self.random
        found = rng.choice([*TEXTS, *TIMES, *self.ids, "1", "-1", "5,51,6,52", "true", "a=1", "datetime"])
        return found.encode(errors="replace").decode()

    def identifier(self):
        """Return what may be an id in a path."""
        return requests.utils.quote(self.random.choice([*self.ids[-20:], self.text()]), safe="")


def _choices(schema):
    parts = schema if isinstance(schema, list) else [schema]
    return [each for part in parts if isinstance(part, dict) for each in part.get("enum", ())]


class Fuzzer:
    """Send requests and look at what comes back.

    Args:
        seed: Decides the requests.
        measured: True if answers have to be quick, too, and small.
    """

    def __init__(self, seed, *, measured=False, **options):
        self.store = MemoryStore()
        settings = AppSettings(journal_size=MOST)
        self.backend = MockBackend("https://fuzzed.test", store=self.store, settings=settings, **options)
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.backend.token()}"
        self.measured = measured
        self.counts = Counter()
        #: Findings by what they have in common, each with an example.
        self.findings = {}
        #: The most processor time of an answer, in seconds, and the size of the largest body, in bytes.
        self.slowest, self.largest = 0.0, 0
        #: Memory of the process in MB: after the warm-up, at the end, and the most, also for a moment.
        self.memory = {"begin": 0.0, "end": 0.0, "peak": 0.0}
        self._seed = seed

    def run(self, goes_on):
        """Send requests as long as a function says so."""
        with self.backend:
            maker = Maker(self._seed, self.backend, self.session)
            while goes_on(self.counts.total()):
                self._ask(maker, *maker.request())
                if self.counts.total() % 500 == 0:
                    self._tidy(maker)

    def _ask(self, maker, method, path, headers, body):
        begun, before = time.process_time(), self._lowered()
        try:
            answer = self.session.request(
                method,
                self.backend.url + path,
                headers=headers,
                data=body,
                allow_redirects=False,
                stream=True,
            )
            read = len(answer.content) if answer.status_code >= 400 else _read(answer)
        except (requests.RequestException, UnicodeError) as error:
            self._found(f"{type(error).__name__}: {error}"[:80], method, path, headers, body)
            return
        self.counts[answer.status_code] += 1
        if answer.status_code >= 400 and method != "HEAD":
            self._judge(answer, method, path, headers, body)
        if (created := answer.headers.get("OpenEO-Identifier")) and answer.status_code == 201:
            maker.ids.append(created)
        if self.measured:
            took = time.process_time() - begun
            self.slowest, self.largest = max(self.slowest, took), max(self.largest, len(body or b""))
            if took > SLOW:
                self._found(f"slow: {method} {path[:20]}", method, path, headers, body)
            peak = _memory("VmHWM")
            self.memory["peak"] = max(self.memory["peak"], peak)
            # The answer is here, too: in pieces, and in one.
            if peak - before > LARGE + 2 * read / 1e6:
                self._found(f"large: {method} {path[:20]}", method, path, headers, body)

    def _judge(self, answer, method, path, headers, body):
        try:
            error = answer.json()
            code, message = error["code"], error["message"]
        except (ValueError, LookupError, TypeError):
            self._found(f"{answer.status_code} is no error of openEO", method, path, headers, body)
            return
        if answer.status_code >= 500 and code not in KNOWN:
            self._found(f"{code}: {message}"[:80], method, path, headers, body)

    def _found(self, what, *request):
        known = self.findings.get(what)
        if known is None or len(str(request)) < len(str(known)):
            self.findings[what] = request

    def _tidy(self, maker):
        """Let time pass, and keep no more than some resources."""
        self.backend.clock.advance(minutes=10)
        resources = [raw for *_, raw in self.store.resources.items()]
        kept = sum(map(len, (*self.store.versions().values(), *resources)))
        if len(self.backend.jobs) > 500 or kept > MOST:
            self.backend.reset()
            self.session.headers["Authorization"] = f"Bearer {self.backend.token()}"
            del maker.ids[4:]
        if self.measured and self.counts.total() >= WARM_UP:
            self.memory["end"] = _memory("VmRSS")
            self.memory["begin"] = self.memory["begin"] or self.memory["end"]
            if self.memory["end"] - self.memory["begin"] > LARGE:
                self._found("growth of the process")

    def _lowered(self):
        """Return how much memory the process has, and forget that it has had more."""
        if not self.measured:
            return 0.0
        Path("/proc/self/clear_refs").write_text("5")
        return _memory("VmRSS")


def _read(answer):
    """Read an answer as far as it counts, and return how much that was: a file may have gigabytes."""
    with answer:
        return sum(map(len, islice(answer.iter_content(1 << 20), MOST >> 20)))


def _memory(what):
    """Return a size of the process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(f"{what}:")) / 1024


def main():
    """Fuzz for some minutes and tell what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    # As in the projects whose pytest does so: a warning of NumPy's is an error of the server's.
    warnings.simplefilter("error", RuntimeWarning)
    fuzzer = Fuzzer(options.seed, measured=True)
    fuzzer.run(lambda _: time.monotonic() < end)
    told = ", ".join(f"{size:.0f} MB at the {when}" for when, size in fuzzer.memory.items())
    print(f"{fuzzer.counts.total()} requests: {dict(fuzzer.counts.most_common())}; {told}")
    print(f"the slowest answer took {fuzzer.slowest:.2f} s, the largest body had {fuzzer.largest:,} bytes")
    for what, request in fuzzer.findings.items():
        print(f"\n## {what}\n{str(request)[:2000]}")
    sys.exit(bool(fuzzer.findings))


if __name__ == "__main__":
    main()
