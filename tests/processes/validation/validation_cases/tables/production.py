"""Cases that production lets pass, and a strict reading refuses."""

from validation_cases.building import INVALID, bad, call, graph, load, ref

PRODUCTION = [
    bad(
        "null for an optional argument",
        graph(
            load=load(),
            n=call("filter_bands", data=ref("load"), bands=["B04"], wavelengths=None),
        ),
        (INVALID, "n", "wavelengths", "got null"),
    ),
    bad(
        "a data cube for a number",
        graph(
            load=load(),
            n=call("linear_scale_range", x=ref("load"), inputMin=0, inputMax=1),
            save=call("save_result", data=ref("n"), format="GTiff"),
        ),
        (INVALID, "n", "x", "a data cube"),
    ),
]
