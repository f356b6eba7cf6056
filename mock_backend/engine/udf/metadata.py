"""The labels that come out of a user-defined function, asked of its ``apply_metadata``."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.udf.capture import Log
from mock_backend.engine.udf.code import copied, running
from mock_backend.engine.udf.failure import UdfFailure

if TYPE_CHECKING:
    from openeo.metadata import CollectionMetadata

_DEFINED = re.compile(r"^def\s+apply_metadata\s*\(", re.MULTILINE)


@dataclass(frozen=True)
class UdfMetadata:
    """Labels and pixels that come out of a user-defined function."""

    bands: tuple[str, ...] | None  #: The labels of the dimension of bands; None if there is none
    steps: Mapping[str, float]  #: The size of pixels along each horizontal dimension


def apply_metadata(
    code: str, given: Callable[[], "CollectionMetadata"], context: Mapping[str, Any] | None, *, log: Log
) -> UdfMetadata | None:
    """Return what comes out of a user-defined function, if it tells by ``apply_metadata``.

    Args:
        given: Makes the metadata that the function gets.
        context: The function's further arguments; a copy.

    Returns:
        The labels and pixels; None if the code has no such function.

    Raises:
        UdfFailure: If it fails, returns something else, or removes the dimension of bands.
    """
    if _DEFINED.search(code) is None:
        return None
    from openeo.metadata import CubeMetadata

    metadata = given()
    had_bands = metadata.has_band_dimension()
    with running(code, log) as namespace:
        found = namespace["apply_metadata"](metadata, copied(context))
        if not isinstance(found, CubeMetadata):
            raise UdfFailure.of_result(
                f"apply_metadata should return the kind of metadata that it got, not {type(found).__name__}"
            )
        if had_bands and not found.has_band_dimension():
            raise UdfFailure.of_result("apply_metadata should not remove the dimension of bands")
        bands: list[Any] | None = None
        if found.has_band_dimension():
            # Bands may be given by their names alone, and have such a name again.
            bands = [getattr(each, "name", each) for each in found.bands]
        spatial = [each for each in found._dimensions or [] if each.type == "spatial"]
        return UdfMetadata(
            bands=None if bands is None else tuple(str(getattr(each, "name", each)) for each in bands),
            steps={each.name: each.step for each in spatial if each.step is not None},  # type: ignore[attr-defined]  # those of spatial dimensions
        )
