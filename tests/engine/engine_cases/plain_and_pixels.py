"""Calls of functions that can be made with plain values and with those of pixels."""

import math

import numpy as np
from hypothesis import strategies as st

from engine_cases.any_arguments import SIGNATURES
from mock_backend.engine.functions import FUNCTIONS
from validation_cases.building import call, child, par, ref
from validation_cases.generating import alternatives, literals, types_of

_NUMBERS = [0, 1, -1, 2, 3, 0.5, -2.5, 100, 1e30, 1e-3, 0.1 + 0.2, 7, math.inf, -math.inf, math.nan, math.nan]
#: The values of 16 pixels in 9 bands; in the last ones many are equal.
NUMBERS = np.array([np.roll(_NUMBERS, 5 * band)[:: -1 if band % 2 else 1] for band in range(9)])
NUMBERS[6:] = np.round(np.nan_to_num(NUMBERS[6:], nan=math.nan, posinf=1, neginf=0) % 7)
NUMBERS = NUMBERS.reshape(9, 4, 4)
#: The parameters that can have a value for each pixel, or an array.
_OF_PIXELS = {
    "x", "y", "base", "p", "value", "accept", "reject", "min", "max", "data", "array1", "array2", "values",
    "inputMin", "inputMax", "outputMin", "outputMax",
}  # fmt: skip
#: Those of pixels have other labels, or none but numbers.
_WITHOUT = {
    "array_create_labeled",
    "array_find_label",
    "constant",
    "date_between",
    "date_replace_component",
    "date_shift",
    "fit_curve",
    "predict_curve",
}
OF_NUMBERS = sorted(
    name
    for name in FUNCTIONS.keys() - _WITHOUT
    if {each["name"] for each in SIGNATURES[name]["parameters"]} & _OF_PIXELS and "text" not in name
)


#: Whatever is beyond the end of an array, child processes take for the end.
_RANGES = {("round", "p"): st.integers(-3, 20), ("array_modify", "index"): st.just(0)}


@st.composite
def bodies(draw, process_id):
    """Draw the nodes of a child process that calls a function with elements of ``data``."""
    nodes = {}

    def element(number):
        nodes[f"e{number}"] = call("array_element", data=par("data"), index=number)
        return ref(f"e{number}")

    def truth(number):
        nodes[f"t{number}"] = call("gt", x=element(number), y=0.5)
        return ref(f"t{number}")

    bands = st.integers(0, len(NUMBERS) - 1)
    arguments = {}
    for parameter in SIGNATURES[process_id]["parameters"]:
        name = parameter["name"]
        if name in ("label", "context") or (name == "q" and "probabilities" in arguments):
            continue
        if (process_id, name) in _RANGES:
            arguments[name] = draw(_RANGES[process_id, name])
        elif name in ("process", "condition"):
            body = child(c=call(draw(st.sampled_from(["gt", "lte"])), x=par("x"), y=1))
            arguments[name] = body if process_id != "count" else draw(st.sampled_from([body, True, None]))
        elif name not in _OF_PIXELS:
            if "default" not in parameter or draw(st.booleans()):
                arguments[name] = draw(
                    st.one_of([literals(each) for each in alternatives(parameter["schema"])])
                )
        elif name in ("data", "array1", "array2", "values"):
            make = truth if process_id in ("all", "any") else element
            arguments[name] = [make(each) for each in draw(st.lists(bands, max_size=4))]
            if not arguments[name] or draw(st.booleans()):
                nodes["array"] = call("array_create", data=par("data"))
                arguments[name] = ref("array")
                if make is truth:
                    nodes["array"] = call("gt", x=par("data"), y=0.5)
        elif types_of(parameter["schema"]) <= {"boolean", "null"} and types_of(parameter["schema"]):
            arguments[name] = truth(draw(bands))
        else:
            made = st.one_of(bands.map(element), st.sampled_from([0, 1, 2, -0.5, 10]))
            arguments[name] = draw(made)
    return {**nodes, "f": call(process_id, **arguments)}
