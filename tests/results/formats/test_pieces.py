"""Files of their own for each geometry, and for each tile of a grid; named as CDSE names them."""

import io

import numpy as np
import pytest
import rasterio
import requests

from mock_backend import JobPlan
from mock_backend.engine.cubes import Grid
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.results import formats
from mock_backend.results.formats.rasters import tiles_of

AREA = {"west": 1.95, "south": 50.95, "east": 2.05, "north": 51.05}


def square(west, south, size=0.01, **properties):
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


FIELDS = [square(1.96, 50.96, crop="maize"), square(2.0, 51.0, crop="rye / wheat"), square(2.02, 51.02)]


@pytest.fixture
def results(mock_backend):
    """Save a cube of two bands and return the files by name."""

    def results(
        format_="GTiff", *, features=None, dates=("2024-06-01", "2024-06-14"), reduced=False, **options
    ):
        connection = mock_backend.connect()
        cube = connection.load_collection(
            "SENTINEL2_L2A", spatial_extent=AREA, temporal_extent=list(dates), bands=["B04", "B08"]
        )
        cube = cube.reduce_dimension(dimension="t", reducer="max") if reduced else cube
        if features is not None:
            cube = cube.filter_spatial({"type": "FeatureCollection", "features": features})
        job = cube.save_result(format_, options).create_job()
        mock_backend.plan(JobPlan.immediate())
        job.start()
        return connection.get(f"/jobs/{job.job_id}/results").json()["assets"]

    return results


def read(asset):
    with rasterio.open(io.BytesIO(requests.get(asset["href"], timeout=5).content)) as file:
        return file.read(1), file.transform, file.bounds, file.nodata


def offset(inner, outer):
    """Return the column and the row at which a file begins in another one."""
    return round((inner.c - outer.c) / outer.a), round((inner.f - outer.f) / outer.e)


class TestGeometries:
    def test_each_has_a_file_for_each_date(self, results):
        names = sorted(results(features=FIELDS[:2], sample_by_feature=True))
        dates = {name.split("_")[1] for name in names}

        assert len(dates) > 1
        assert names == sorted(f"openEO_{date}_{number}.tif" for date in dates for number in (0, 1))

    def test_a_property_names_it(self, results):
        found = results(features=FIELDS, reduced=True, sample_by_feature=True, feature_id_property="crop")

        assert sorted(found) == ["openEO_2.tif", "openEO_maize.tif", "openEO_rye_wheat.tif"]

    def test_its_file_has_its_pixels(self, results):
        whole, transform, *_ = read(results(reduced=True)["openEO.tif"])
        part, inner, bounds, nodata = read(
            results(features=FIELDS[1:2], reduced=True, sample_by_feature=True)["openEO_0.tif"]
        )

        column, row = offset(inner, transform)
        same = whole[row : row + part.shape[0], column : column + part.shape[1]]
        inside = part != nodata
        assert inside.mean() > 0.5
        assert np.array_equal(part[inside], same[inside])
        assert bounds.right - bounds.left < 1000

    def test_netcdf_has_all_dates_in_one(self, results):
        assert sorted(results("netCDF", features=FIELDS[:2], sample_by_feature=True)) == [
            "openEO_0.nc",
            "openEO_1.nc",
        ]
        found = results("netCDF", features=FIELDS[:2], sample_by_feature=True, filename_prefix="field")
        assert sorted(found) == ["field_0.nc", "field_1.nc"]

    def test_those_outside_have_none(self, results):
        assert list(results(features=[square(9, 9), FIELDS[0]], reduced=True, sample_by_feature=True)) == [
            "openEO_1.tif"
        ]

    def test_only_if_a_request_asks_for_it(self, results):
        assert list(results(features=FIELDS, reduced=True)) == ["openEO.tif"]
        assert list(results(reduced=True, sample_by_feature=True)) == ["openEO.tif"]

    def test_each_is_an_item_of_its_own(self, mock_backend, results):
        results("netCDF", features=FIELDS, sample_by_feature=True)
        [job] = mock_backend.jobs
        document = mock_backend.connect().get(f"/jobs/{job.job_id}/results").json()

        items = [link for link in document["links"] if link["rel"] == "item"]
        boxes = [requests.get(link["href"], timeout=5).json()["bbox"] for link in items]
        assert len(items) == 3
        assert all(box[2] - box[0] < 0.03 for box in boxes)


class TestTiles:
    @pytest.mark.parametrize(
        ("tile_grid", "names"),
        [
            ("utm-10km", ["31UDS_2_4", "31UDS_2_5", "31UDS_3_4", "31UDS_3_5"]),
            ("utm-20km", ["31UDS_1_2"]),
            ("utm-100km", ["31UDS_0_0"]),
            ("wgs84-1degree", ["N50E001", "N50E002", "N51E001", "N51E002"]),
        ],
    )
    def test_each_has_a_file(self, results, tile_grid, names):
        assert sorted(results(reduced=True, tile_grid=tile_grid)) == [f"openEO-{name}.tif" for name in names]

    def test_and_one_for_each_date(self, results):
        names = sorted(results(tile_grid="UTM-20km"))

        assert len(names) > 1
        assert all(name.startswith("openEO_2024-06-") and name.endswith("Z_31UDS_1_2.tif") for name in names)

    def test_together_they_have_all_pixels(self, results):
        whole, transform, *_ = read(results(reduced=True)["openEO.tif"])
        seen = np.zeros(whole.shape, dtype=int)
        for asset in results(reduced=True, tile_grid="utm-10km").values():
            part, inner, *_ = read(asset)
            column, row = offset(inner, transform)
            place = slice(row, row + part.shape[0]), slice(column, column + part.shape[1])
            assert np.array_equal(part, whole[place])
            seen[place] += 1

        assert (seen == 1).all()

    def test_boxes(self):
        grid = Grid("EPSG:32631", west=425000.0, north=5655000.0, x_size=10.0, y_size=10.0, columns=9, rows=7)

        assert list(tiles_of(grid, "utm-10km")) == [("31UDS_2_4", (420000.0, 5650000.0, 430000.0, 5660000.0))]
        assert list(tiles_of(grid, "utm-20km")) == [("31UDS_1_2", (420000.0, 5640000.0, 440000.0, 5660000.0))]

    @pytest.mark.parametrize(
        ("west", "south", "name"),
        [(-70.5, -33.5, "S34W071"), (0.5, -0.5, "S01E000"), (179.5, 10.5, "N10E179")],
    )
    def test_degrees_in_each_quarter_of_the_earth(self, west, south, name):
        grid = Grid("EPSG:4326", west=west, north=south + 0.1, x_size=0.01, y_size=0.01, columns=5, rows=5)

        assert [found for found, _ in tiles_of(grid, "wgs84-1degree")] == [name]

    @pytest.mark.parametrize(
        ("crs", "west", "north", "square"),
        [("EPSG:32731", 425000.0, 9_995_000.0, "31MDV"), ("EPSG:32632", 679720.0, 5151920.0, "32TPS")],
    )
    def test_squares_of_other_zones(self, crs, west, north, square):
        grid = Grid(crs, west=west, north=north, x_size=10.0, y_size=10.0, columns=9, rows=7)

        assert {name.partition("_")[0] for name, _ in tiles_of(grid, "utm-100km")} == {square}

    def test_too_many_files_are_refused(self, make_cube):
        grid = Grid("EPSG:4326", west=-10.0, north=60.0, x_size=0.01, y_size=0.01, columns=4000, rows=2000)
        cube = make_cube("t", "y", "x", grid=grid)

        with pytest.raises(ProcessGraphComplexity, match=r"more than 10,000 files"):
            formats.find_format("GTiff").parts(cube, {"tile_grid": "utm-10km"})

    @pytest.mark.parametrize("nonsense", ["wgs84", 5, ["utm-10km"], None])
    def test_what_is_no_grid_has_no_effect(self, make_cube, nonsense):
        [part] = formats.find_format("GTiff").parts(make_cube("y", "x"), {"tile_grid": nonsense})

        assert part.name == "openEO.tif"
