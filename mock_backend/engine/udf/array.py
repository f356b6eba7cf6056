"""The part of a data cube that a user-defined function gets or returns."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.udf.failure import UdfFailure


@dataclass(frozen=True, eq=False)
class UdfArray:
    """An array with names of dimensions and labels."""

    values: NDArray[Any]  #: The values, NaN where there are no data. A function gets a copy as float32.
    #: The name of each axis: ``t``, ``bands``, ``y`` and ``x`` in this order, as far as they exist. A
    #: function may return others.
    dims: tuple[str, ...]
    #: The labels of dimensions: texts for ``t`` (RFC 3339) and ``bands``, coordinates of the centres of
    #: pixels for ``y`` (from north to south) and ``x``. Dimensions left out have none.
    coords: Mapping[str, Sequence[Any] | NDArray[Any]] = field(default_factory=dict)
    crs: str | None = None  #: The coordinate system of ``y`` and ``x``, e.g. ``EPSG:32631``.
    #: The attributes of the array, e.g. ``t`` if it is of one instant.
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def arranged(self, *dims: str) -> "UdfArray":
        """Return it with these dimensions in this order; those that it lacks get a length of 1.

        An array without the horizontal dimensions' names, but with as many dimensions, is taken to have them
        in this order, as back-ends do; one with others fails.
        """
        found = self.dims
        if not set(found) <= set(dims):
            if len(found) != len(dims):
                raise UdfFailure.of_result(
                    f"it has the dimensions {list(found)} where {list(dims)} were expected"
                )
            found = dims
        present = [each for each in dims if each in found]
        values = self.values.transpose([found.index(each) for each in present])
        values = np.expand_dims(values, [axis for axis, each in enumerate(dims) if each not in found])
        coords = {name: labels for name, labels in self.coords.items() if name in dims}
        return UdfArray(values, dims, coords, self.crs, self.attrs)
