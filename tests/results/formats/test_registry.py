"""The registry of formats: looking for one imports no library."""

import subprocess
import sys

import pytest

from mock_backend.catalog.entries import formats_of
from mock_backend.profiles import profile_from
from mock_backend.results import formats


def test_each_format_of_our_own_can_be_written():
    assert set(formats.format_names()) == set(formats_of(profile_from("spec").catalogue)[1])


@pytest.mark.parametrize("name", ["netCDF", "JSON", "GeoJSON", "CSV", "Parquet", "Zarr"])
def test_case_does_not_matter(name):
    found = formats.find_format(name)

    assert found is not None
    assert found.name == name
    assert formats.find_format(name.upper()) is formats.find_format(name.lower()) is found


@pytest.mark.parametrize("name", ["", "GPKG", "net CDF", "json_text"])
def test_others_are_none(name):
    assert formats.find_format(name) is None


def test_no_library_is_imported_to_find_a_format_or_name_its_files():
    program = """
import sys
from mock_backend.results import formats
from mock_backend.engine.steps import Plain
heavy = {"numpy", "pandas", "xarray", "h5py", "h5netcdf", "pyarrow", "zarr", "shapely", "pyproj"}
for name in ("netCDF", "JSON", "GeoJSON", "CSV", "Parquet", "Zarr"):
    formats.find_format(name)
formats.find_format("JSON").parts(Plain(5), {})
formats.find_format("CSV").parts(Plain(5), {})
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
