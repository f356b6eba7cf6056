"""The labels that come out of a user-defined function, asked of its ``apply_metadata``."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.udf.code import copied, running
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.run_log import Log

if TYPE_CHECKING:
    from openeo.metadata import CollectionMetadata, Dimension

_DEFINED = re.compile(r"^def\s+apply_metadata\s*\(", re.MULTILINE)


@dataclass(frozen=True)
class UdfMetadata:
    """The dimensions of a data cube, as a user-defined function sees them."""

    #: The kind of each dimension by its name, in their order: ``spatial``, ``temporal``, ``bands``,
    #: ``geometry`` or ``other``
    kinds: Mapping[str, str]
    bands: tuple[str, ...] | None = None  #: The labels of the dimension of bands
    common_names: Mapping[str, str] = field(default_factory=dict)  #: The common names of bands, by label
    #: The size of pixels along each horizontal dimension
    steps: Mapping[str, float] = field(default_factory=dict)
    #: The first and the last coordinate of each horizontal dimension, and the first and the last instant of
    #: the temporal one
    extents: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    crs: int | None = None  #: The number of the coordinate system in EPSG's register


def apply_metadata(
    code: str, metadata: UdfMetadata, context: Mapping[str, Any] | None, *, log: Log
) -> UdfMetadata | None:
    """Return the dimensions that come out of a user-defined function, if it tells by ``apply_metadata``.

    Args:
        context: The function's further arguments; a copy.

    Returns:
        The dimensions; None if the code has no such function.

    Raises:
        UdfFailure: If it fails, returns something else, or removes the dimension of bands.
    """
    if _DEFINED.search(code) is None:
        return None
    from openeo.metadata import CubeMetadata

    with running(code, log) as namespace:
        found = namespace["apply_metadata"](_to_client(metadata), copied(context))
        if not isinstance(found, CubeMetadata):
            raise UdfFailure.of_result(
                f"apply_metadata should return the kind of metadata that it got, not {type(found).__name__}"
            )
        if metadata.bands is not None and not found.has_band_dimension():
            raise UdfFailure.of_result("apply_metadata should not remove the dimension of bands")
        return _from_client(found, metadata)


def _to_client(metadata: UdfMetadata) -> "CollectionMetadata":
    from openeo.metadata import (
        Band,
        BandDimension,
        CollectionMetadata,
        Dimension,
        GeometryDimension,
        SpatialDimension,
        TemporalDimension,
    )

    def dimension(name: str, kind: str) -> Dimension:
        extent = list(metadata.extents.get(name, (None, None)))
        if kind == "bands":
            names = metadata.common_names
            return BandDimension(name, [Band(each, names.get(each)) for each in metadata.bands or ()])
        if kind == "spatial":
            return SpatialDimension(name, extent, crs=metadata.crs or 4326, step=metadata.steps.get(name))
        if kind == "temporal":
            return TemporalDimension(name, extent)
        return GeometryDimension(name) if kind == "geometry" else Dimension(kind, name)

    return CollectionMetadata({}, [dimension(*each) for each in metadata.kinds.items()])


def _from_client(found: Any, before: UdfMetadata) -> UdfMetadata:
    dimensions: list[Dimension] = found._dimensions or []
    # Bands may be given by their names alone, and have such a name again.
    bands = [getattr(each, "name", each) for each in found.bands] if found.has_band_dimension() else None
    spatial = [each for each in dimensions if each.type == "spatial"]
    return UdfMetadata(
        kinds={each.name: each.type for each in dimensions},
        bands=None if bands is None else tuple(str(getattr(each, "name", each)) for each in bands),
        steps={each.name: each.step for each in spatial if each.step is not None},  # type: ignore[attr-defined]  # those of spatial dimensions
        extents=before.extents,
        crs=next((each.crs for each in spatial), before.crs),  # type: ignore[attr-defined]  # as above
    )
