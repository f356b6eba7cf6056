"""Labels of dimensions on the way through a graph."""

from validation_cases.building import (
    bad,
    call,
    child,
    flow,
    good,
    par,
)
from validation_cases.steps import (
    bands,
)

MISSING, ELEMENT = "DimensionNotAvailable", "ArrayElementNotAvailable"

LABELS = [
    good(
        "labels swapped",
        flow(call("rename_labels", dimension="bands", source=["B04", "B08"], target=["B08", "B04"])),
    ),
    good(
        "labels by their order",
        flow(call("rename_labels", dimension="bands", target=["r"]), bands("r", "B08")),
    ),
    good(
        "labels of time",
        flow(call("rename_labels", dimension="t", source=["2024-06-29T00:00:00Z"], target=["last"])),
    ),
    bad(
        "labels of time on other days",
        flow(call("rename_labels", dimension="t", source=["2024-06-01"], target=["first"])),
        ("LabelNotAvailable", "s1", "source", "'t' has no label '2024-06-01'"),
    ),
    good(
        "labels by common names",
        flow(call("rename_labels", dimension="bands", source=["red"], target=["r"]), bands("r", "nir")),
    ),
    bad(
        "a label that is none",
        flow(call("rename_labels", dimension="bands", source=["B4"], target=["r"])),
        ("LabelNotAvailable", "s1", "source", "Unknown band 'B4'", "'B04'"),
    ),
    bad(
        "too many new labels",
        flow(call("rename_labels", dimension="bands", target=["a", "b", "c"])),
        ("LabelMismatch", "s1", "target", "which has 2; got 3"),
    ),
    bad(
        "fewer new labels than old ones",
        flow(call("rename_labels", dimension="bands", source=["B04", "B08"], target=["a"])),
        ("LabelMismatch", "s1", "target", "which has 2; got 1"),
    ),
    bad(
        "the same for unknown labels",
        flow(call("rename_labels", dimension="t", source=["2024-06-01"], target=["a", "b"])),
        ("LabelMismatch", "s1", "target", "which has 1; got 2"),
    ),
    bad(
        "a new label that is there",
        flow(call("rename_labels", dimension="bands", source=["B04"], target=["B08"])),
        ("LabelExists", "s1", "target", "'B08' already"),
    ),
    bad(
        "labels of an unknown dimension",
        flow(call("rename_labels", dimension="band", target=["a"])),
        (MISSING, "s1", "dimension", "Did you mean 'bands'?"),
    ),
    bad(
        "a label of another kind",
        flow(
            call("add_dimension", name="run", label="a"),
            call("rename_labels", dimension="run", source=["b"], target=["c"]),
        ),
        ("LabelNotAvailable", "s2", "source", "'run' has no label 'b'", "'a'"),
    ),
    bad(
        "an element of another kind",
        flow(
            call("add_dimension", name="run", label="a"),
            call(
                "reduce_dimension",
                dimension="run",
                reducer=child(e=call("array_element", data=par("data"), label="b")),
            ),
        ),
        (ELEMENT, "s2/reducer/e", "label", "'run' has no label 'b'", "'a'"),
    ),
]
