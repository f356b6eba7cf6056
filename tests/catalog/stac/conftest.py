"""A collection of few items, and what pages of items have."""

import pytest


@pytest.fixture
def few(mock_backend):
    """A collection of 4 tiles that are seen on 3 days."""
    return mock_backend.add_collection(
        "FEW",
        spatial_extent=[0, 0, 2, 2],
        temporal_extent=["2024-06-01T00:00:00Z", "2024-06-03T23:00:00Z"],
        revisit_days=1,
        bands=["B1"],
    )


def ids(page):
    """Return the ids of a page of items."""
    return [each["id"] for each in page["features"]]


def meets(item, box):
    """Tell whether an item is in a box."""
    west, south, east, north = item["bbox"]
    tiny = 1e-9  # below what coordinates are rounded to
    return (
        west <= box[2] + tiny and box[0] - tiny <= east and south <= box[3] + tiny and box[1] - tiny <= north
    )
