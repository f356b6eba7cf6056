"""Products made by hand, and what documents are made of them with."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from pydantic_core import to_json

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.results.documents.assets import Asset, Product, ResultItem
from mock_backend.results.documents.stac.collection_and_items import (
    About,
    item_document,
    results_collection,
    results_item,
)
from mock_backend.results.documents.stac.common_members import item_links

URL = "https://openeo.test"

UTM = Grid("EPSG:32632", 679720.0, 5151920.0, 10.0, 10.0, 96, 84)
DEGREES = Grid("EPSG:4326", 5.0, 51.3, 0.001, 0.002, 100, 50)
#: A coordinate system without a number.
NAMELESS = Grid("+proj=laea +lat_0=48 +lon_0=11 +datum=WGS84 +units=m", -1000.0, 1000.0, 20.0, 20.0, 100, 100)

RED = Band(
    "B04",
    common_name="red",
    center=0.665,
    width=0.038,
    data_type="int16",
    nodata=-999,
    unit="1",
    scale=0.0001,
    offset=0.0,
    description="Red",
    minimum=0,
    maximum=10_000,
)
NIR = Band("B08", common_name="nir", center=0.842, data_type="int16", nodata=-999.0)
NDVI = Band("ndvi", data_type="float32", nodata=float("nan"))

GEOTIFF = "image/tiff; application=geotiff"


def raster(name="openEO.tif", *, grid=UTM, bands=(RED, NIR), content=b"II*\0", **more):
    """A raster file with statistics."""
    measured = {"minimum": 1.0, "maximum": 9000.0, "mean": 4000.5, "stddev": 12.5, "valid_percent": 100.0}
    facts = {
        "media_type": GEOTIFF,
        "make": lambda: content,
        "grid": grid,
        "bands": bands,
        "size": len(content),
        "measure": lambda: tuple(measured for _ in bands),
        "values": grid.pixels * len(bands),
    }
    return Asset(name, **facts | more)


def text(name="timeseries.csv", *, media_type="text/csv", content=b"date,value\n", **more):
    """A file without a place."""
    return Asset(name, media_type, lambda: content, **more)


def dated(day, *, grid=UTM, bands=(RED, NIR), **more):
    """An item of one date with one raster."""
    when = f"{day}T00:00:00Z"
    name = f"openEO_{day}Z.tif"
    return ResultItem(
        when, (raster(name, grid=grid, bands=bands, **more),), bbox=grid.bbox, interval=(when, when)
    )


SERIES = Product(
    (dated("2024-06-01"), dated("2024-06-06"), dated("2024-06-11")),
    (text("process.json", media_type="application/json", content=b"{}", roles=("metadata",)),),
    {
        "t": {
            "type": "temporal",
            "extent": ["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"],
            "values": ["2024-06-01T00:00:00Z", "2024-06-06T00:00:00Z", "2024-06-11T00:00:00Z"],
        },
        "bands": {"type": "bands", "values": ["B04", "B08"]},
        "y": {"type": "spatial", "axis": "y", "extent": [5151080, 5151920], "reference_system": 32632},
        "x": {"type": "spatial", "axis": "x", "extent": [679720, 680680], "reference_system": 32632},
    },
)

PRODUCTS = {
    "time series": SERIES,
    "one date": Product((dated("2024-06-01", grid=DEGREES, bands=(NDVI,)),)),
    "no number": Product((ResultItem("dem", (raster(grid=NAMELESS, bands=(NDVI,)),), bbox=NAMELESS.bbox),)),
    "text": Product((ResultItem("timeseries", (text(),)),)),
    "a period": Product(
        (
            ResultItem(
                "openEO",
                (text("openEO.nc", media_type="application/x-netcdf"), text("vector.geojson")),
                geometry={"type": "Point", "coordinates": [5.0, 51.0]},
                interval=("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z"),
            ),
        )
    ),
    "several grids": Product((dated("2024-06-01"), dated("2024-06-06", grid=DEGREES, bands=(NDVI,)))),
    "nothing": Product(()),
}


ABOUT = About(
    "j-24060100",
    "finished",
    created=datetime(2024, 7, 2, 10, tzinfo=UTC),
    updated=datetime(2024, 7, 2, 11, tzinfo=UTC),
    expires=datetime(2024, 7, 9, 11, tzinfo=UTC),
    title="Fields",
    description="How green they are.",
    process={"process_graph": {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}},
    provider="openEO mock back-end",
    provider_url=URL,
)


def asset_url(name):
    return f"{URL}/assets/{name}?signature=1"


def item_url(name):
    return f"{URL}/items/{name}?signature=1"


def as_sent(document):
    """A document after its way over the network."""
    return json.loads(to_json(document))


def collection_of(product, links=(), **changes):
    """The Collection of a product."""
    about = replace(ABOUT, **changes)
    return as_sent(results_collection(product, about, href=asset_url, item_href=item_url, links=links))


def whole_item_of(product, links=(), **changes):
    """The one Item of a product."""
    return as_sent(results_item(product, replace(ABOUT, **changes), href=asset_url, links=links))


LINKS = item_links(f"{URL}/item", f"{URL}/collection")


def item_of(item, links=LINKS, **changes):
    """The Item of an item."""
    return as_sent(item_document(item, replace(ABOUT, **changes), href=asset_url, links=links))
