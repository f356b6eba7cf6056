"""Data cubes of any values, and what NumPy makes of them."""

import math

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from validation_cases.building import call, graph, par

SETTINGS = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
NUMBER = st.integers(-40, 40).map(float)
SIDE = st.integers(1, 4)


def cubes(*sides, kinds=("float64", "float32", "int16"), gaps=True):
    """Return a strategy of a data type and of values: times, bands, rows, columns."""
    shapes = st.tuples(*(sides or (SIDE, st.integers(1, 3), SIDE, SIDE)))
    numbers = st.one_of(NUMBER, st.just(math.nan)) if gaps else NUMBER
    return st.tuples(
        st.sampled_from(kinds), shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=numbers))
    )


def same(found, expected):
    """Tell whether values are the expected ones, to the precision of 32-bit floating points."""
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def step(process_id, **arguments):
    return graph(n=call(process_id, data=par("cube"), **arguments))


def there(compute, fewest=1, nothing=math.nan):
    def reduce(values):
        there = values[~np.isnan(values)]
        return float(compute(there)) if len(there) >= fewest else nothing

    return reduce


REDUCERS = {
    "min": there(np.min),
    "max": there(np.max),
    "mean": there(np.mean),
    "median": there(np.median),
    "sum": there(np.sum),
    "product": there(np.prod),
    "sd": there(lambda each: np.std(each, ddof=1), 2),
    "variance": there(lambda each: np.var(each, ddof=1), 2),
    "count": there(len, nothing=0.0),
    "first": there(lambda each: each[0]),
    "last": there(lambda each: each[-1]),
    "any": there(lambda each: (each != 0).any(), nothing=0.0),
    "all": there(lambda each: (each != 0).all(), nothing=1.0),
}
AXES = {"t": 0, "bands": 1, "y": 2, "x": 3}
ORDER = ("t", "bands", "y", "x")
ANY_REDUCER = st.sampled_from(sorted(REDUCERS))


def reduced(name, values, axis):
    return np.apply_along_axis(REDUCERS[name], axis, values)


def box(west, south, east, north):
    """Return a polygon."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def around_pixels(left, top, right, bottom):
    """Return a polygon around pixels, a little smaller than they are."""
    return box(left + 0.1, -bottom + 0.1, right - 0.1, -top - 0.1)
