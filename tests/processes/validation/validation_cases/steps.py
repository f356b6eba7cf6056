"""Steps on cubes that many cases take."""

from typing import Any

from validation_cases.building import Graph, call, child, load, par, reducer


def bands(*names: str) -> Graph:
    return call("filter_bands", bands=list(names))


def reduce(dimension: str) -> Graph:
    return call("reduce_dimension", dimension=dimension, reducer=reducer("first"))


def element(**arguments: Any) -> Graph:
    """Return a reduction of bands to one of them."""
    return call(
        "reduce_dimension",
        dimension="bands",
        reducer=child(e=call("array_element", data=par("data"), **arguments)),
    )


def udf(**arguments: Any) -> Graph:
    return call("run_udf", **({"udf": "a\n", "runtime": "Python"} | arguments))


def load_all(collection: str = "SENTINEL2_L2A") -> Graph:
    return load(collection, bands=None)


APPLY_UDF = call("apply", process=child(u=udf(data=par("x"))))
RENAME = call("rename_labels", dimension="bands", source=["B04"], target=["r"])
