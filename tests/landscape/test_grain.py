"""Differences between pixels: from their place alone, with the statistics of nature."""

import math

import numpy as np
import pytest

from mock_backend.landscape.nature.scenery import Grain
from mock_backend.landscape.sensors.band_models import decibels

ROWS, COLUMNS = np.arange(-200, 312)[:, None], np.arange(70_000, 70_512)[None, :]


@pytest.mark.parametrize(("kind", "spread"), [("texture", 0.05), ("noise", 0.015), ("speckle", 0.48)])
def test_factors_are_around_one(kind, spread):
    found = Grain((ROWS, COLUMNS)).factors(kind, 7)

    assert found.dtype == np.float32
    assert found.mean() == pytest.approx(1, abs=0.01)
    assert found.std() == pytest.approx(spread, rel=0.1)
    assert found.min() > 0


def test_neighbours_and_bands_have_nothing_in_common():
    found, other = (Grain((ROWS, COLUMNS)).factors("noise", name) for name in ("B04", "B08"))

    for one, another in ((found[:, 1:], found[:, :-1]), (found[1:], found[:-1]), (found, other)):
        assert abs(np.corrcoef(one.ravel(), another.ravel())[0, 1]) < 0.02


def test_a_pixel_has_its_factor_in_any_window():
    whole = Grain((ROWS, COLUMNS)).factors("speckle", "2024-06-01", "VV")
    part = Grain((ROWS[100:200:3], COLUMNS[:, 7:300])).factors("speckle", "2024-06-01", "VV")

    assert (part == whole[100:200:3, 7:300]).all()


@pytest.mark.parametrize("value", [1e-5, 0.001, 0.0123, 0.5, 0.999, 1.0, 7.7, 1234.5])
def test_decibels_are_those_of_logarithms(value):
    assert decibels(np.array([value])).item() == pytest.approx(10 * math.log10(value), abs=1e-5)


def test_there_are_no_decibels_of_nothing():
    assert decibels(np.array([0.0, -1.0])).tolist() == pytest.approx([-60, -60])
