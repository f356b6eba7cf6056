"""Labels that functions tell by ``apply_metadata``."""

import pytest
from openeo import metadata as client

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.steps.processes.udfs import metadata_of
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.runner import UdfMetadata, apply_metadata

CUBE = DataCube(
    (
        Dimension("t", "temporal", ("2024-06-01T00:00:00Z",)),
        Dimension("bands", "bands", ("B04", "B08")),
        Dimension("y", "spatial", axis="y"),
        Dimension("x", "spatial", axis="x"),
        Dimension("z", "other", (0,)),
    ),
    (Band("B04"), Band("B08", common_name="nir")),
    Grid("EPSG:32631", 0.0, 90.0, 10.0, 10.0, 9, 9),
    period=("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z"),
)
HEAD = "from openeo.metadata import *\n\ndef apply_metadata(metadata: CollectionMetadata, context: dict):\n"


def before() -> client.CollectionMetadata:
    return metadata_of(CUBE)


def after(body: str, context=None) -> UdfMetadata | None:
    return apply_metadata(HEAD + body, before, context, log=lambda _: None)


def test_code_without_it_tells_nothing():
    assert apply_metadata("x = 'def apply_metadata('\n", before, {}, log=lambda _: None) is None


def test_bands_get_other_labels():
    found = after(
        "    return metadata.rename_labels(dimension='bands', target=context['bands'])\n", {"bands": ["a"]}
    )
    assert found is not None
    assert found == UdfMetadata(("a",), {"y": 10.0, "x": 10.0})


def test_what_it_gets():
    body = """
    assert metadata.band_names == ["B04", "B08"]
    assert metadata.band_common_names == [None, "nir"]
    assert metadata.temporal_dimension.extent[0] == "2024-06-01T00:00:00Z"
    assert [each.step for each in metadata.spatial_dimensions] == [10.0, 10.0]
    assert [each.crs for each in metadata.spatial_dimensions] == [32631, 32631]
    assert [each.extent for each in metadata.spatial_dimensions] == [[0.0, 90.0], [0.0, 90.0]]
    kinds = [each.type for each in metadata._dimensions]
    assert kinds == ["temporal", "bands", "spatial", "spatial", "other"]
    assert metadata.dimension_names() == ["t", "bands", "y", "x", "z"]
    return metadata
"""
    assert after(body) == UdfMetadata(("B04", "B08"), {"y": 10.0, "x": 10.0})


def test_dimensions_and_steps_change():
    body = """
    names = [Band(f"{each.name}_RENAMED", None, None) for each in metadata.bands]
    metadata.band_dimension.bands = [Band(each) for each in names]
    return metadata.reduce_dimension("t").resample_spatial(resolution=5)
"""
    found = after(body)
    assert found is not None
    assert found.bands == ("B04_RENAMED", "B08_RENAMED")
    assert found.steps == {"y": 5, "x": 5}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("    return None\n", "the kind of metadata that it got, not NoneType"),
        ("    return metadata.reduce_dimension('bands')\n", "should not remove the dimension of bands"),
        ("    raise ValueError('no')\n", "line 4, in apply_metadata\nValueError: no"),
    ],
)
def test_failures(body, wrong):
    with pytest.raises(UdfFailure) as caught:
        after(body)
    assert wrong in caught.value.message
