"""Arrays that user-defined functions get or return, also as xarray has them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.udf.failure import UdfFailure

if TYPE_CHECKING:
    import xarray


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


_NAME = "openEODataChunk"


def to_xarray(data: UdfArray) -> "xarray.DataArray":
    """Return a copy as a ``DataArray`` of float32; labels of ``t`` become instants if all are some."""
    import xarray

    coords = {
        name: instants_of(labels) if name == "t" else np.array(labels) for name, labels in data.coords.items()
    }
    with np.errstate(all="ignore"):
        values = np.array(data.values, dtype=np.float32)
    return xarray.DataArray(values, coords=coords, dims=data.dims, name=_NAME, attrs=dict(data.attrs))


def from_xarray(array: "xarray.DataArray", given: UdfArray) -> UdfArray:
    """Return what a function returned; raise ``UdfFailure`` if the values are no numbers.

    Args:
        given: The array it got: labels of instants that were there before are written as they were.
    """
    values = np.asarray(array.values)
    if values.dtype.kind == "O":
        values = _numbers(values)
    if values.dtype.kind not in "biuf":
        raise UdfFailure.of_result(f"its values must be numbers, got {values.dtype}")
    dims = tuple(map(str, array.dims))
    labels = {name: array.coords[name].values for name in dims if name in array.coords}
    before = dict(zip(_keys(given.coords.get("t", ())), given.coords.get("t", ()), strict=True))
    coords = {
        name: each if name in ("x", "y") else [before.get(key, key) for key in _keys(each)]
        for name, each in labels.items()
    }
    with np.errstate(all="ignore"):
        # Copied, so that a function that keeps what it has returned cannot change it.
        values = np.array(values, dtype=np.float32)
    return UdfArray(values, dims, coords, given.crs)


def projection_of(crs: str | None) -> Any:
    """Return a coordinate system as ``UdfData.proj`` has it; None if it is not one of EPSG's."""
    authority, _, number = (crs or "").partition(":")
    return {"EPSG": int(number)} if authority.upper() == "EPSG" and number.isdecimal() else None


def instants_of(labels: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    """Return labels as instants (UTC, nanoseconds); as they are if one of them is not an instant."""
    if isinstance(labels, np.ndarray) and labels.dtype.kind == "M":
        return labels.astype("datetime64[ns]")
    try:
        found = [_instant(label) for label in labels]
    except ValueError:
        return np.array(labels)
    return np.array(found, dtype="datetime64[ns]")


def _instant(label: Any) -> np.datetime64:
    if isinstance(label, np.datetime64):
        return label
    told = label if isinstance(label, datetime) else datetime.fromisoformat(str(label))
    return np.datetime64(told.astimezone(UTC).replace(tzinfo=None) if told.tzinfo is not None else told)


def _keys(labels: Sequence[Any] | NDArray[Any]) -> list[Any]:
    """Return labels as JSON values, instants as RFC 3339 has them."""
    found = instants_of(labels) if not isinstance(labels, np.ndarray) else labels
    if found.dtype.kind == "M":
        texts = map(str, found.astype("datetime64[us]"))
        return [f"{each.removesuffix('.000000')}Z" for each in texts]
    return [each.item() if isinstance(each, np.generic) else each for each in found]


def _numbers(values: NDArray[Any]) -> NDArray[Any]:
    """Return objects as numbers, None as NaN."""
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        raise UdfFailure.of_result("its values must be numbers, got objects") from None
