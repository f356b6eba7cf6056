"""User-defined processes: what is wrong inside, and how deep they may go."""

from typing import Any

from validation_cases.building import (
    CUBE,
    INVALID,
    NUMBER,
    REQUIRED,
    Case,
    bad,
    call,
    child,
    flow,
    good,
    graph,
    load,
    one,
    par,
    process,
    reducer,
    ref,
)
from validation_cases.tables.user_processes import EVI, TWICE, UNTOLD

STRUCTURE, COMPLEX = "ProcessGraphInvalid", "ProcessGraphComplexity"


def calls(process_id: str) -> dict[str, Any]:
    return process(one(process_id))


def chain(length: int, calls_each: int) -> dict[str, Any]:
    """Return processes that each call the next one several times."""
    found = {}
    for number in range(length):
        inner = {f"c{i}": call(f"p{number + 1}", x=par("x")) for i in range(calls_each)}
        found[f"p{number}"] = process(
            graph(**inner, end=call("first", data=[ref(name) for name in inner])), x=NUMBER
        )
    return found | {f"p{length}": TWICE}


INSIDE = [
    bad(
        "the same fault in each of several calls, at several levels",
        graph(
            load=load(),
            a=call("outer", data=ref("load")),
            b=call("inner", data=ref("load")),
            n=call("merge_cubes", cube1=ref("a"), cube2=ref("b")),
        ),
        ("DimensionNotAvailable", "a/n/n", "name", "'depth'"),
        user_processes={
            "outer": process(one("inner", data=par("data")), data=CUBE),
            "inner": process(one("drop_dimension", data=par("data"), name="depth"), data=CUBE),
        },
    ),
    bad(
        "a typo", one("p"), ("ProcessUnsupported", "n/n", None, "'nvdi'"), user_processes={"p": calls("nvdi")}
    ),
    bad(
        "a wrong argument in a child process",
        one("p"),
        (INVALID, "n/n/process/m", "y", "got a text"),
        user_processes={
            "p": process(one("array_apply", data=[], process=child(m=call("add", x=par("x"), y="1"))))
        },
    ),
    bad(
        "an unknown parameter",
        one("p"),
        (REQUIRED, "n/n", "x", "'offset'"),
        user_processes={"p": process(one("absolute", x=par("offset")))},
    ),
    bad(
        "also where the request is lenient",
        one("p"),
        (REQUIRED, "n/n", "x", "'offset'"),
        user_processes={"p": process(one("absolute", x=par("offset")))},
        lenient=True,
    ),
    bad(
        "a parameter that was not given, where none were told",
        one("untold"),
        (REQUIRED, "n/a", "x", "'x'"),
        user_processes={"untold": UNTOLD},
    ),
    bad(
        "parameters of the caller are unknown inside",
        flow(call("apply", process=child(n=call("p")))),
        (REQUIRED, "s1/process/n/n", "x", "'x'"),
        user_processes={"p": process(one("absolute", x=par("x")))},
    ),
    bad(
        "an unknown band of the given cube",
        graph(load=load(bands=["B04"]), n=call("evi", cube=ref("load"))),
        ("ArrayElementNotAvailable", "n/s1/reducer/a", "label", "'B08'"),
        user_processes={"evi": EVI},
    ),
    bad(
        "an unknown dimension of the given cube",
        graph(load=load(), n=call("p", cube=ref("load"))),
        ("DimensionNotAvailable", "n/m", "dimension", "'time'"),
        user_processes={
            "p": process(
                graph(m=call("reduce_dimension", data=par("cube"), dimension="time", reducer=reducer())),
                cube=CUBE,
            )
        },
    ),
    bad(
        "what comes out lacks a dimension",
        graph(
            load=load(),
            n=call("p", cube=ref("load")),
            m=call("filter_temporal", data=ref("n"), extent=["2024-06-01", None]),
        ),
        ("DimensionNotAvailable", "m", "data", "no temporal dimension"),
        user_processes={
            "p": process(
                graph(m=call("reduce_dimension", data=par("cube"), dimension="t", reducer=reducer())),
                cube=CUBE,
            )
        },
    ),
    bad(
        "no graph",
        one("p"),
        (STRUCTURE, "n", None, "an object of nodes"),
        user_processes={"p": {"parameters": []}},
    ),
    bad(
        "a graph without result",
        one("p"),
        (STRUCTURE, "n", None, "none has"),
        user_processes={"p": process({"a": call("pi")})},
    ),
    bad(
        "a cycle",
        one("p"),
        (STRUCTURE, "n", None, "cycle"),
        user_processes={"p": process(graph(a=call("absolute", x=ref("a"))))},
    ),
    bad(
        "once for two calls with the same arguments",
        graph(a=call("p"), b=call("p")),
        ("ProcessUnsupported", "a/n", None),
        user_processes={"p": calls("nvdi")},
    ),
    bad(
        "two levels down",
        one("p"),
        ("ProcessUnsupported", "n/n/n", None, "'nvdi'"),
        user_processes={"p": calls("q"), "q": calls("nvdi")},
    ),
    bad(
        "two levels down, gone",
        one("p"),
        ("ProcessUnsupported", "n/n", None, "'q'"),
        user_processes={"p": calls("q")},
    ),
]

DEPTH = [
    bad(
        "itself",
        one("p"),
        (STRUCTURE, "n/n", None, "'p' calls itself: p → p."),
        user_processes={"p": calls("p")},
    ),
    bad(
        "itself by another",
        one("p"),
        (STRUCTURE, "n/n/n", None, "p → q → p"),
        user_processes={"p": calls("q"), "q": calls("p")},
    ),
    bad(
        "another that calls itself",
        one("p"),
        (STRUCTURE, "n/n/n", None, "'q' calls itself: q → q."),
        user_processes={"p": calls("q"), "q": calls("q")},
    ),
    bad(
        "itself in a child process",
        one("p"),
        (STRUCTURE, "n/n/process/m", None, "p → p"),
        user_processes={"p": process(one("array_apply", data=[], process=child(m=call("p"))))},
    ),
    good("150 in one another", one("p0", x=1), user_processes=chain(150, 1)),
    bad(
        "300 in one another",
        one("p0", x=1),
        (COMPLEX, "", None, "100 levels"),
        user_processes=chain(300, 1),
    ),
    good("some thousands in all", one("p0", x=1), user_processes=chain(11, 2)),
    bad(
        "too many in all",
        one("p0", x=1),
        (COMPLEX, "", None, "20,000"),
        user_processes=chain(40, 2),
    ),
]

INSIDE_USER_PROCESSES: dict[str, list[Case]] = {
    "inside user-defined processes": INSIDE,
    "depth of user-defined processes": DEPTH,
}
