"""Masks of clouds, of the classes of a scene."""

import numpy as np

from mock_backend.engine.core.file_values import Values
from validation_cases.building import call, load, ref

AREA = {"west": 5.1, "south": 51.0, "east": 5.12, "north": 51.01}
PERIOD = ["2024-06-01", "2024-08-01"]
SCENES = load("SENTINEL2_L2A", spatial_extent=AREA, temporal_extent=PERIOD, bands=["B04", "SCL"])


def values(cube, *order):
    names = [each.name for each in cube.dimensions]
    return Values(cube).array().transpose([names.index(name) for name in order])


def test_a_mask_covers_the_clouds_and_more(after):
    classes = values(
        after(call("filter_bands", data=ref("load"), bands=["SCL"]), source=SCENES), "t", "bands", "y", "x"
    )
    mask = values(after(call("to_scl_dilation_mask", data=ref("load")), source=SCENES), "t", "y", "x")

    clouds = np.isin(classes[:, 0], (8, 9, 10))
    assert clouds.any()
    assert (mask[clouds] == 1).mean() > 0.9
    assert (mask == 1).sum() > clouds.sum()
    clear = np.isin(classes[:, 0], (2, 4, 5, 6, 7)).all(axis=(1, 2))
    assert (mask[clear] == 0).all()


def test_what_is_masked_has_no_data(after):
    raw = values(
        after(call("filter_bands", data=ref("load"), bands=["B04"]), source=SCENES), "t", "bands", "y", "x"
    )
    masked = after(call("mask_scl_dilation", data=ref("load"), scl_band_name="SCL"), source=SCENES)
    found = values(masked, "t", "bands", "y", "x")[:, 0]

    gone = found == masked.nodata if masked.nodata == masked.nodata else np.isnan(found)
    assert 0 < gone.mean() < 1
    assert (found[~gone] == raw[:, 0][~gone]).all()
