"""Labels that functions tell by ``apply_metadata``."""

from dataclasses import replace

import pytest

from mock_backend.engine.udf import UdfFailure, UdfMetadata, apply_metadata

BEFORE = UdfMetadata(
    kinds={"t": "temporal", "bands": "bands", "y": "spatial", "x": "spatial", "z": "other"},
    bands=("B04", "B08"),
    common_names={"B08": "nir"},
    steps={"x": 10.0, "y": 10.0},
    extents={"t": ("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z"), "x": (0.0, 90.0)},
    crs=32631,
)
HEAD = "from openeo.metadata import *\n\ndef apply_metadata(metadata: CollectionMetadata, context: dict):\n"


def after(body: str, context=None) -> UdfMetadata | None:
    return apply_metadata(HEAD + body, BEFORE, context, log=lambda _: None)


def test_code_without_it_tells_nothing():
    assert apply_metadata("x = 'def apply_metadata('\n", BEFORE, {}, log=lambda _: None) is None


def test_bands_get_other_labels():
    found = after(
        "    return metadata.rename_labels(dimension='bands', target=context['bands'])\n", {"bands": ["a"]}
    )
    assert found is not None
    assert found.bands == ("a",)
    assert dict(found.kinds) == dict(BEFORE.kinds)
    assert (found.steps, found.crs, found.extents) == (BEFORE.steps, 32631, BEFORE.extents)


def test_what_it_gets():
    body = """
    assert metadata.band_names == ["B04", "B08"]
    assert metadata.band_common_names == [None, "nir"]
    assert metadata.temporal_dimension.extent[0] == "2024-06-01T00:00:00Z"
    assert [each.step for each in metadata.spatial_dimensions] == [10.0, 10.0]
    assert metadata.spatial_dimensions[0].crs == 32631
    assert metadata.dimension_names() == ["t", "bands", "y", "x", "z"]
    return metadata
"""
    assert after(body) == replace(BEFORE, common_names={})


def test_dimensions_and_steps_change():
    body = """
    names = [Band(f"{each.name}_RENAMED", None, None) for each in metadata.bands]
    metadata.band_dimension.bands = [Band(each) for each in names]
    return metadata.reduce_dimension("t").resample_spatial(resolution=5)
"""
    found = after(body)
    assert found is not None
    assert found.bands == ("B04_RENAMED", "B08_RENAMED")
    assert list(found.kinds) == ["bands", "y", "x", "z"]
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
