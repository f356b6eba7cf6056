"""Statistics of zones."""

import numpy as np
import pytest

from mock_backend.engine.sources import zones
from validation_cases.building import FEATURE, POLYGON, call, flow, graph, load, reducer, ref

TWO = {"type": "FeatureCollection", "features": [FEATURE, FEATURE | {"id": "other"}]}


@pytest.mark.parametrize(("geometries", "count"), [(POLYGON, 1), (FEATURE, 1), (TWO, 2)])
def test_zonal_statistics(after, geometries, count):
    cube = after(call("aggregate_spatial", geometries=geometries, reducer=reducer("mean")))

    assert [each.name for each in cube.dimensions] == ["t", "bands", "geometry"]
    assert cube.sizes["geometry"] == len(cube.geometries) == count
    assert (cube.grid, cube.data_type) == (None, "float32")


def test_zonal_statistics_with_counts(after):
    cube = after(
        call("aggregate_spatial", geometries=POLYGON, reducer=reducer("mean"), target_dimension="what")
    )

    assert cube.dimensions[-1].labels == ("value", "total_count", "valid_count")


def test_zonal_statistics_by_a_vector_cube(content):
    zones = call("load_geojson", data=TWO)
    cube = content(
        graph(
            v=zones,
            l=load(),
            a=call("aggregate_spatial", data=ref("l"), geometries=ref("v"), reducer=reducer()),
        )
    )

    assert cube.geometries == tuple(TWO["features"])


def test_zonal_statistics_read_only_what_is_in_the_zones(outcome):
    everywhere = load("COPERNICUS_30", spatial_extent=None, bands=None)
    found = outcome(flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer()), source=everywhere))

    assert found.input_pixels == 360 * 360


def test_zones_outside_of_the_data_have_no_values(after):
    far = {"type": "Point", "coordinates": [50, 50]}

    assert after(call("aggregate_spatial", geometries=far, reducer=reducer())).sizes["geometry"] == 1


def test_many_zones_have_the_values_that_each_has_alone(content, numbers, monkeypatch):
    """Small ones that are near one another are read together, large and lonely ones by themselves."""
    monkeypatch.setattr(zones, "_MANY", 400)

    def square(x, y, size):
        ring = [[x, y], [x + size, y], [x + size, y + size / 3], [x, y + size], [x, y]]
        return {"type": "Polygon", "coordinates": [ring]}

    geometries = [
        *(square(11 + 0.0004 * n, 46 + 0.0002 * (n % 3), 0.0005 + 0.0001 * (n % 5)) for n in range(8)),
        square(11.001, 46.001, 0.004),  # around others, and larger than what is read at once
        square(11.008, 46.007, 0.0004),
        {"type": "Point", "coordinates": [11.0002, 46.0002]},
        {"type": "LineString", "coordinates": [[11.0, 46.0], [11.002, 46.001]]},
        square(50, 50, 1),  # nowhere near
        square(11.002, 46.0005, 1e-9),  # smaller than a pixel
    ]
    area = {"west": 11, "south": 46, "east": 11.01, "north": 46.01}
    source = load(spatial_extent=area, temporal_extent=["2024-06-01", "2024-06-09"], bands=["B04"])

    def values(geometries):
        features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
        collection = {"type": "FeatureCollection", "features": features}
        zonal = call("aggregate_spatial", geometries=collection, reducer=reducer("sum"))
        return numbers(content(flow(zonal, source=source)))

    together = values(geometries)
    assert np.isfinite(together).any(axis=(0, 1)).sum() == len(geometries) - 2
    for place, geometry in enumerate(geometries):
        # With one near the data, as without any there is nothing to be read.
        alone = values([geometry, geometries[0]])[..., 0]
        assert np.array_equal(together[..., place], alone, equal_nan=True), geometry
