"""The structure of graphs: nodes, results, references, cycles, nesting; which processes there are."""

from typing import Any

from validation_cases.building import (
    Graph,
    bad,
    call,
    child,
    flow,
    good,
    graph,
    load,
    one,
    par,
    ref,
)

INVALID, UNSUPPORTED = "ProcessGraphInvalid", "ProcessUnsupported"

ADD = call("add", x=1, y=2)
RESULT = ADD | {"result": True}


def nested(levels: int, innermost: Graph) -> Graph:
    """Return a graph in an argument of a graph in an argument…"""
    inner = innermost
    for _ in range(levels):
        inner = graph(n=call("array_apply", data=[], process={"process_graph": inner}))
    return inner


def chain(length: int) -> Graph:
    steps = {f"n{i}": call("add", x=ref(f"n{i - 1}"), y=1) for i in range(1, length)}
    return graph(n0=call("add", x=1, y=1), **steps)


def ring(length: int) -> Graph:
    nodes = {f"n{i}": call("add", x=ref(f"n{(i + 1) % length}"), y=1) for i in range(length)}
    return graph(**nodes)


def in_list(value: Any) -> Graph:
    return one("sum", data=value)


STRUCTURE = [
    good("one node", one("add", x=1, y=2)),
    good("a result that is not the last node", {"a": RESULT, "b": call("add", x=ref("a"), y=1)}),
    good(
        "what says result: false or null", graph(a=ADD | {"result": False}, b=ADD | {"result": None}, c=ADD)
    ),
    good(
        "nodes with descriptions and members of others",
        graph(a=ADD | {"description": "d", "x-position": [1, 2]}),
    ),
    good("nodes in any order", {"b": call("add", x=ref("a"), y=1) | {"result": True}, "a": ADD}),
    good("a node used twice", graph(a=ADD, b=call("add", x=ref("a"), y=ref("a")))),
    good(
        "nodes of the same id in child and parent",
        graph(
            load=load(), n=call("apply", data=ref("load"), process=child(load=call("absolute", x=par("x"))))
        ),
    ),
    good("ten thousand nodes", chain(10_000)),
    good("nested 90 levels deep", nested(90, one("add", x=1, y=2))),
    good("references in lists and objects", graph(a=ADD, b=call("sum", data=[1, ref("a"), None]))),
    good("references deep inside", graph(a=ADD, b=call("constant", x={"p": [{"q": ref("a")}, ref("a")]}))),
    bad("no object", [], (INVALID, "", None, "an object of nodes")),
    bad("a text", "graph", (INVALID, "", None, "an object of nodes")),
    bad("no nodes", {}, (INVALID, "", None, "at least one")),
    bad(
        "a node that is no object",
        {"a": RESULT, "b": "add"},
        (INVALID, "b", None, "'process_id' and 'arguments'"),
    ),
    bad("a node that is null", {"a": None}, (INVALID, "a", None, "A node is an object")),
    bad(
        "no process_id",
        {"a": {"arguments": {}, "result": True}},
        (INVALID, "a", None, "'process_id' is missing"),
    ),
    bad(
        "a process_id that is no text", {"a": RESULT | {"process_id": 5}}, (INVALID, "a", None, "not a text")
    ),
    bad(
        "no arguments",
        {"a": {"process_id": "pi", "result": True}},
        (INVALID, "a", None, "'arguments' is missing"),
    ),
    bad("a list of arguments", {"a": RESULT | {"arguments": [1, 2]}}, (INVALID, "a", None, "not an object")),
    bad(
        "a namespace that is no text",
        {"a": RESULT | {"namespace": 1}},
        (INVALID, "a", None, "'namespace' is a text"),
    ),
    bad(
        "a result that is neither true nor false",
        {"a": RESULT | {"result": 1}},
        (INVALID, "a", None, "'result' is true or false"),
    ),
    bad(
        "several faults of several nodes",
        {"a": {"result": "yes"}, "b": 5},
        (INVALID, "a", None, "'process_id'"),
        (INVALID, "a", None, "'arguments'"),
        (INVALID, "a", None, "'result'"),
        (INVALID, "b", None, "A node is"),
    ),
    bad("no result", {"a": ADD}, (INVALID, "", None, "Exactly one node", "none has")),
    bad("two results", {"a": RESULT, "b": RESULT}, (INVALID, "", None, "these have: 'a', 'b'")),
    bad(
        "no result in a child",
        flow(call("apply", process={"process_graph": {"n": call("absolute", x=par("x"))}})),
        (INVALID, "s1/process", None, "none has"),
    ),
    bad(
        "an empty child",
        flow(call("apply", process={"process_graph": {}})),
        (INVALID, "s1/process", None, "at least one"),
    ),
    bad(
        "a reference to nothing",
        graph(a=call("add", x=ref("b"), y=1)),
        (INVALID, "a", None, "'b'", "does not exist"),
    ),
    bad(
        "two references to nothing",
        graph(a=call("add", x=ref("c"), y=ref("b"))),
        (INVALID, "a", None, "'b'"),
        (INVALID, "a", None, "'c'"),
    ),
    bad("a reference to nothing in a list", in_list([1, ref("b")]), (INVALID, "n", None, "'b'")),
    bad(
        "a reference to nothing deep inside",
        one("constant", x={"p": [{"q": ref("b")}]}),
        (INVALID, "n", None, "'b'"),
    ),
    bad(
        "a reference to a node of the parent",
        flow(call("apply", process=child(n=call("absolute", x=ref("load"))))),
        (INVALID, "s1/process/n", None, "'load'", "does not exist here"),
    ),
    bad(
        "a reference to a node of a child",
        flow(
            call("apply", process=child(inner=call("absolute", x=par("x")))),
            call("apply", data=ref("inner"), process=child(n=call("absolute", x=par("x")))),
        ),
        (INVALID, "s2", None, "'inner'"),
    ),
    bad(
        "from_node that is a number",
        one("add", x={"from_node": 1}, y=1),
        (INVALID, "n", None, "'from_node' is the id"),
    ),
    bad(
        "from_node that is a list",
        one("add", x={"from_node": ["a"]}, y=1),
        (INVALID, "n", None, "'from_node' is the id"),
    ),
    bad(
        "from_node that is null",
        one("add", x={"from_node": None}, y=1),
        (INVALID, "n", None, "'from_node' is the id"),
    ),
    bad("a node that refers to itself", one("add", x=ref("n"), y=1), (INVALID, "", None, "cycle", "'n'")),
    bad(
        "a cycle of two",
        graph(a=call("add", x=ref("b"), y=1), b=call("add", x=ref("a"), y=1)),
        (INVALID, "", None, "'a', 'b'"),
    ),
    bad(
        "only the nodes of a cycle are named",
        graph(
            a=call("add", x=ref("b"), y=1), b=call("add", x=ref("a"), y=1), after=call("add", x=ref("b"), y=1)
        ),
        (INVALID, "", None, "are: 'a', 'b'."),
    ),
    bad(
        "a cycle through a list",
        graph(a=call("sum", data=[ref("b")]), b=call("absolute", x=ref("a"))),
        (INVALID, "", None, "cycle"),
    ),
    bad(
        "a cycle in a child",
        flow(call("apply", process=child(a=call("absolute", x=ref("b")), b=call("absolute", x=ref("a"))))),
        (INVALID, "s1/process", None, "cycle"),
    ),
    bad("a cycle of ten thousand", ring(10_000), (INVALID, "", None, "cycle", "'n9' …")),
    bad(
        "a fault three levels down",
        nested(2, {"x": call("pi")}),
        (INVALID, "n/process/n/process", None, "none has"),
    ),
    bad(
        "nesting without end",
        nested(150, one("add", x=1, y=2)),
        ("ProcessGraphComplexity", "", None, "100 levels"),
    ),
    bad(
        "too many nodes",
        chain(20_001),
        ("ProcessGraphComplexity", "", None, "20,001 steps, and at most 20,000"),
    ),
    bad(
        "a fault of structure comes first, with the others after it",
        graph(a=call("nothing"), b=call("add", x=ref("c"), y="text")),
        (INVALID, "b", None, "'c'"),
        (UNSUPPORTED, "a", None, "'nothing'"),
        ("ProcessParameterInvalid", "b", "y", "a number"),
    ),
    bad(
        "a child process that is no object",
        flow(call("apply", process={"process_graph": []})),
        ("ProcessParameterInvalid", "s1", "process", "process_graph: expected an object, got an array"),
    ),
    bad(
        "a child process that is null",
        flow(call("apply", process={"process_graph": None})),
        ("ProcessParameterInvalid", "s1", "process", "got null"),
    ),
]

PROCESSES = [
    good("a predefined process by its namespace", {"a": RESULT | {"namespace": "backend"}}),
    good("no namespace", {"a": RESULT | {"namespace": None}}),
    bad("a typo", one("nvdi"), (UNSUPPORTED, "n", None, "'nvdi'", "Did you mean 'ndvi'?")),
    bad("another case", one("NDVI"), (UNSUPPORTED, "n", None, "Did you mean 'ndvi'")),
    bad("nothing like it", one("zzzzzz"), (UNSUPPORTED, "n", None, "Available: 'absolute'", "in all")),
    bad("an empty id", one(""), (UNSUPPORTED, "n", None, "''")),
    bad(
        "nothing of the user's",
        {"n": RESULT | {"namespace": "user"}},
        (UNSUPPORTED, "n", None, "namespace 'user'", "You have no process of this id"),
    ),
    bad(
        "another namespace",
        {"n": RESULT | {"namespace": "https://processes.test/add.json"}},
        (UNSUPPORTED, "n", None, "'backend' and 'user'"),
    ),
    bad(
        "an empty namespace",
        {"n": RESULT | {"namespace": ""}},
        (UNSUPPORTED, "n", None, "namespace ''", "'backend' and 'user'"),
    ),
    bad(
        "in a child",
        flow(call("apply", process=child(n=call("absolut", x=par("x"))))),
        (UNSUPPORTED, "s1/process/n", None, "'absolute'"),
    ),
    bad(
        "arguments of a process that does not exist are looked into",
        one("nothing", x=par("gone"), child=child(a=call("nvdi"))),
        (UNSUPPORTED, "n", None, "'nothing'"),
        ("ProcessParameterRequired", "n", "x", "'gone'"),
        (UNSUPPORTED, "n/child/a", None, "'ndvi'"),
    ),
    bad(
        "of every typo",
        graph(a=call("ad"), b=call("substract", x=ref("a"))),
        (UNSUPPORTED, "a", None, "'add'"),
        (UNSUPPORTED, "b", None, "'subtract'"),
    ),
]
