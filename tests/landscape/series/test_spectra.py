"""Spectra: the brightness of things in each colour."""

import pytest

from mock_backend.landscape.sensors.sensor import center_of, reflectance


def test_plants_are_green_and_brightest_beyond_red():
    blue, green, red, near = (reflectance(each)[1] for each in (0.49, 0.56, 0.665, 0.842))

    assert blue < green
    assert red < green < near


def test_water_is_dark():
    for wavelength in (0.56, 0.665, 0.842, 1.61, 2.2):
        soil, _, water = reflectance(wavelength)
        assert water < soil / 2


@pytest.mark.parametrize("wavelength", [0.1, 0.4, 0.7, 1.375, 3.0, 12.0])
def test_there_is_a_reflectance_of_all_colours(wavelength):
    assert all(0 < each < 1 for each in reflectance(wavelength))


@pytest.mark.parametrize(
    ("common_name", "center", "expected"),
    [
        ("red", None, 0.665),
        ("red", 0.65, 0.65),
        (None, 0.5, 0.5),
        ("lwir11", 10.9, None),
        ("unknown", None, None),
    ],
)
def test_bands_of_reflected_light_have_a_wavelength(common_name, center, expected):
    assert center_of(common_name, center) == expected
