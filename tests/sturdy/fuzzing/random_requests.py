"""Requests made at random: all operations, all processes, odd values and sizes."""

import copy
import json
import random

import requests

#: The largest body of a request, about, and the most that users keep before all is forgotten, in bytes.
MOST = 20_000_000

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
        if template == "/search" and rng.random() < 0.5:
            body["intersects"] = self.geometry()
        raw = json.dumps(body)
        for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
            self.room = MOST // len(raw)
            body = self.changed(body)
            if len(made := json.dumps(body)) > MOST:
                break
            raw = made
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
        """Return GeoJSON, sound or not: small or large, simple or crossing itself, one or many."""
        rng = self.random
        if rng.random() < 0.5:
            return self.shape(rng.choice([3, 4, 5, 40, 400, 3000]))
        count = rng.choice([0, 1, 3, 100, 1000])
        found = [self.shape(rng.choice([3, 5, 40]))]
        if rng.random() < 0.5:
            found = [self.shape(rng.choice([3, 5])) for _ in range(count)]
        if rng.random() < 0.2:
            return {"type": "GeometryCollection", "geometries": found}
        features = [{"type": "Feature", "properties": {}, "geometry": each} for each in found]
        return {"type": "FeatureCollection", "features": features * (1 if len(found) == count else count)}

    def shape(self, count):
        """Return a geometry with a number of positions."""
        rng = self.random
        wide = rng.choice([0.01, 0.01, 0.01, 1, 60])
        ring = [[5 + rng.uniform(0, wide), 51.2 + rng.uniform(0, wide) / 2] for _ in range(count)]
        if rng.random() < 0.3:
            ring[0] = [rng.choice(NUMBERS), rng.choice(NUMBERS)]
        kind = rng.choice(["Polygon"] * 5 + ["MultiPolygon", "Point", "MultiPoint", "LineString", "Circle"])
        if kind == "Polygon":
            return {"type": kind, "coordinates": [[*ring, ring[0]]]}
        if kind == "MultiPolygon":
            parts = [ring[at : at + 5] for at in range(0, count, 5)]
            return {"type": kind, "coordinates": [[[*each, each[0]]] for each in parts]}
        return {"type": kind, "coordinates": ring}

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
