"""Bands that child processes make of several bands: tried on one pixel for all of a data type."""

import pytest

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import each_band, one_array
from mock_backend.engine.functions import call

BANDS = (
    Band("B04", "red", 0.665, data_type="uint16", unit="1", nodata=0),
    Band("SCL", data_type="uint8", nodata=0),
    Band("B08", "nir", 0.842, data_type="uint16", unit="%", nodata=65535),
)


@pytest.mark.parametrize("process_id", ["max", "mean", "count", "first", "sd", "any"])
def test_each_band_is_what_it_would_be_alone(process_id):
    def compute(band):
        return call(process_id, {"data": one_array([band], 3)})

    alone = [each_band([band], compute)[0] for band in BANDS]

    assert list(each_band(BANDS, compute)) == alone


def test_processes_are_tried_once_for_each_data_type():
    tried = []

    def compute(band):
        tried.append(band.name)
        return call("mean", {"data": one_array([band], 3)})

    each_band(BANDS, compute)

    assert tried == ["B04", "SCL"]


def test_what_is_handed_on_in_another_way_is_tried_for_each_band():
    def compute(band):
        return one_array([Band(band.name * 2, band.common_name, data_type=band.data_type)], 1)

    found = each_band(BANDS, compute)

    assert [(each.name, each.common_name) for each in found] == [
        ("B04", "red"),
        ("SCL", None),
        ("B08", "nir"),
    ]
