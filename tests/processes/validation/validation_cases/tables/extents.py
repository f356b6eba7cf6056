"""Extents in space and time, and geometries."""

from validation_cases.building import (
    BOX,
    FEATURE,
    INVALID,
    MONTH,
    POLYGON,
    RING,
    bad,
    call,
    good,
    graph,
    load,
    one,
    reducer,
    right,
    wrong,
    wrong_load,
)

EXTENTS = [
    *(
        good(f"boxes: {name}", graph(n=load(spatial_extent=box, bands=None)))
        for name, box in {
            "in degrees": BOX,
            "none": None,
            "with a code": BOX | {"crs": 4326},
            "with a name": BOX | {"crs": "EPSG:4326"},
            "in metres": {"west": 6e5, "south": 5.6e6, "east": 7e5, "north": 5.7e6, "crs": 32631},
            "with heights": BOX | {"base": 0, "height": 100.5},
            "with null heights": BOX | {"base": None, "height": None},
            "with members of others": BOX | {"title": "here"},
            "across the antimeridian": {"west": 179, "south": 0, "east": -179, "north": 1},
            "beyond the antimeridian": {"west": 179, "south": 0, "east": 181, "north": 1},
            "of the whole Earth": {"west": -180, "south": -90, "east": 180, "north": 90},
            "as WKT": {"west": 6e5, "south": 1, "east": 7e5, "north": 2, "crs": 'PROJCRS["…"]'},
        }.items()
    ),
    wrong_load(
        "a box without north",
        "spatial_extent",
        {k: v for k, v in BOX.items() if k != "north"},
        "'north' is missing",
        "west, south, east and north",
    ),
    wrong_load(
        "a box of texts",
        "spatial_extent",
        BOX | {"west": "5.0"},
        "west: expected a number, got a text ('5.0')",
    ),
    wrong_load(
        "a list for a box", "spatial_extent", [5, 51, 6, 52], "a bounding box", "GeoJSON", "got an array"
    ),
    wrong_load("an empty object for a box", "spatial_extent", {}, "a bounding box", "got an object"),
    wrong_load("a code that is none", "spatial_extent", BOX | {"crs": 99}, "crs: ", "EPSG code"),
    wrong_load("no area", "spatial_extent", BOX | {"west": 5.1}, "no area"),
    wrong_load(
        "south and north swapped",
        "spatial_extent",
        BOX | {"south": 52},
        "south (52) is north of north (51.3)",
    ),
    wrong_load(
        "west and east swapped, in metres",
        "spatial_extent",
        {"west": 7e5, "south": 1, "east": 6e5, "north": 2, "crs": 32631},
        "is east of east",
    ),
    wrong_load(
        "metres without a code",
        "spatial_extent",
        {"west": 6e5, "south": 5.6e6, "east": 7e5, "north": 5.7e6},
        "degrees",
        "'crs'",
    ),
    wrong("a filter without area", call("filter_bbox", extent=BOX | {"north": 51.2}), "extent", "no area"),
    wrong(
        "null for a filter", call("filter_bbox", extent=None), "extent", "expected a bounding box", "got null"
    ),
    *(
        good(f"times: {name}", graph(n=load(temporal_extent=extent)))
        for name, extent in {
            "dates": MONTH,
            "none": None,
            "instants": ["2024-06-01T00:00:00Z", "2024-06-01T00:00:01.5Z"],
            "instants elsewhere": ["2024-06-01T12:00:00+02:00", "2024-06-01T11:00:00Z"],
            "a date and an instant": ["2024-06-01", "2024-06-01T01:00:00Z"],
            "open at the end": ["2024-06-01", None],
            "open at the beginning": [None, "2024-06-01"],
        }.items()
    ),
    wrong_load(
        "a text for an interval",
        "temporal_extent",
        "2024-06",
        "a temporal interval",
        "got a text ('2024-06')",
    ),
    wrong_load(
        "half an interval", "temporal_extent", ["2024-06-01"], "less than 2 items", "a temporal interval"
    ),
    wrong_load("too much for an interval", "temporal_extent", [*MONTH, "2024-08-01"], "more than 2 items"),
    wrong_load(
        "an interval in words",
        "temporal_extent",
        ["June 2024", "July 2024"],
        "[0]: expected a date",
        "('June 2024')",
    ),
    wrong_load(
        "a day that is none",
        "temporal_extent",
        ["2024-06-31", "2024-07-01"],
        "[0]: expected a date",
        "('2024-06-31')",
    ),
    wrong_load(
        "an instant without a time zone",
        "temporal_extent",
        ["2024-06-01T00:00:00", None],
        "an instant such as '2024-06-01T00:00:00Z' or null",
    ),
    wrong_load("years", "temporal_extent", [2020, 2021], "[0]: expected a date", "got an integer (2020)"),
    wrong_load(
        "an end before the start",
        "temporal_extent",
        MONTH[::-1],
        "must be after its start",
        code="TemporalExtentEmpty",
    ),
    wrong_load(
        "an end at the start",
        "temporal_extent",
        ["2024-06-01", "2024-06-01"],
        "its end is excluded",
        code="TemporalExtentEmpty",
    ),
    wrong_load(
        "an end before the start, elsewhere",
        "temporal_extent",
        ["2024-06-01T12:00:00Z", "2024-06-01T13:00:00+02:00"],
        "is empty",
        code="TemporalExtentEmpty",
    ),
    wrong_load("open at both ends", "temporal_extent", [None, None], "open at one end at most"),
    wrong(
        "a filter that is empty",
        call("filter_temporal", extent=MONTH[::-1]),
        "extent",
        "is empty",
        code="TemporalExtentEmpty",
    ),
    wrong(
        "null for a temporal filter",
        call("filter_temporal", extent=None),
        "extent",
        "a temporal interval",
        "got null",
    ),
    right(
        "intervals", call("aggregate_temporal", intervals=[MONTH, ["2024-07-01", None]], reducer=reducer())
    ),
    right(
        "times of day",
        call(
            "aggregate_temporal",
            intervals=[["06:00:00", "18:00:00"], ["18:00:00", "06:00:00"]],
            reducer=reducer(),
        ),
    ),
    right(
        "intervals with labels",
        call("aggregate_temporal", intervals=[MONTH], labels=["June"], reducer=reducer()),
    ),
    wrong(
        "no intervals",
        call("aggregate_temporal", intervals=[], reducer=reducer()),
        "intervals",
        "less than 1 item",
        "a list of temporal intervals",
    ),
    wrong(
        "an interval for a list of them",
        call("aggregate_temporal", intervals=MONTH, reducer=reducer()),
        "intervals",
        "[0]: expected a temporal interval",
    ),
    wrong(
        "one of them empty",
        call("aggregate_temporal", intervals=[MONTH, MONTH[::-1]], reducer=reducer()),
        "intervals",
        "is empty",
        code="TemporalExtentEmpty",
    ),
    wrong(
        "too few labels",
        call("aggregate_temporal", intervals=[MONTH], labels=["a", "b"], reducer=reducer()),
        "labels",
        "2 for 1",
    ),
    wrong(
        "the same start twice",
        call("aggregate_temporal", intervals=[MONTH, ["2024-06-01", None]], reducer=reducer()),
        "intervals",
        "the same start",
        "'labels'",
        code="DistinctDimensionLabelsRequired",
    ),
    good(
        "a period across the antimeridian's collection",
        graph(
            n=load(
                "PACIFIC",
                bands=None,
                spatial_extent={"west": 179, "south": -10, "east": -179, "north": -5},
                temporal_extent=["2020-06-01", None],
            )
        ),
    ),
    good(
        "the far side of it",
        graph(
            n=load(
                "PACIFIC",
                bands=None,
                spatial_extent={"west": -172, "south": -10, "east": -171, "north": -5},
                temporal_extent=None,
            )
        ),
    ),
    good(
        "the same, counted on",
        graph(
            n=load(
                "PACIFIC",
                bands=None,
                spatial_extent={"west": 185, "south": -10, "east": 186, "north": -5},
                temporal_extent=None,
            )
        ),
    ),
    bad(
        "the other side of the Earth",
        graph(n=load("PACIFIC", bands=None, temporal_extent=None)),
        ("NoDataAvailable", "n", "spatial_extent", "'PACIFIC'", "[170, -30, -170, 0]"),
    ),
    bad(
        "a time before the collection",
        graph(
            n=load("PACIFIC", bands=None, spatial_extent=None, temporal_extent=["2019-01-01", "2020-01-01"])
        ),
        ("NoDataAvailable", "n", "temporal_extent", "2020-01-01T00:00:00Z to 2020-12-31T00:00:00Z"),
    ),
    bad(
        "a time after the collection",
        graph(n=load("PACIFIC", bands=None, spatial_extent=None, temporal_extent=["2021-01-01", None])),
        ("NoDataAvailable", "n", "temporal_extent"),
    ),
    bad(
        "a time before the satellite",
        graph(n=load(temporal_extent=[None, "2015-01-01"])),
        ("NoDataAvailable", "n", "temporal_extent", "2015-07-04T00:00:00Z to now"),
    ),
    bad(
        "a place that is not covered",
        graph(n=load(spatial_extent={"west": 0, "south": -80, "east": 1, "north": -70})),
        ("NoDataAvailable", "n", "spatial_extent", "'SENTINEL2_L2A'", "-56"),
    ),
    bad(
        "a box beside one with heights",
        graph(
            n=load(
                "WITH_HEIGHTS", bands=None, spatial_extent={"west": 20, "south": 0, "east": 30, "north": 1}
            )
        ),
        ("NoDataAvailable", "n", "spatial_extent"),
    ),
    good(
        "a cube without time is not limited in time",
        graph(n=load("COPERNICUS_30", bands=None, temporal_extent=["2030-01-01", None])),
    ),
    good("a collection that says nothing of itself", graph(n=load("NOTHING_SAID", bands=["anything"]))),
]

GEOJSON = [
    *(
        right(f"geometries: {name}", call("aggregate_spatial", geometries=geometry, reducer=reducer()))
        for name, geometry in {
            "a point": {"type": "Point", "coordinates": [5.0, 51.2]},
            "a point with height": {"type": "Point", "coordinates": [5.0, 51.2, 3]},
            "points": {"type": "MultiPoint", "coordinates": [[5.0, 51.2]]},
            "a line": {"type": "LineString", "coordinates": RING},
            "lines": {"type": "MultiLineString", "coordinates": [RING]},
            "a polygon": POLYGON,
            "polygons": {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
            "none": {"type": "Polygon", "coordinates": []},
            "a feature": FEATURE,
            "a feature without a place": FEATURE | {"geometry": None},
            "features": {"type": "FeatureCollection", "features": [FEATURE, FEATURE | {"id": 5}]},
            "no features": {"type": "FeatureCollection", "features": []},
            "with a crs and a bbox": POLYGON | {"crs": {"type": "name"}, "bbox": [5, 51, 6, 52]},
        }.items()
    ),
    wrong(
        "no coordinates",
        call("mask_polygon", mask={"type": "Polygon"}),
        "mask",
        "'coordinates' is missing",
        "a GeoJSON object",
    ),
    wrong(
        "a ring for a polygon",
        call("mask_polygon", mask={"type": "Polygon", "coordinates": RING}),
        "mask",
        "coordinates[0][0]: expected an array, got a number (5.0)",
    ),
    wrong(
        "coordinates of texts",
        call("mask_polygon", mask={"type": "Point", "coordinates": ["5", "51"]}),
        "mask",
        "coordinates[0]: expected a number",
    ),
    wrong(
        "one coordinate",
        call("mask_polygon", mask={"type": "Point", "coordinates": [5]}),
        "mask",
        "coordinates: [5] has less than 2 items",
    ),
    wrong(
        "no type of geometry",
        call("mask_polygon", mask={"type": "Square", "coordinates": []}),
        "mask",
        "type: there is no 'Square'",
        "'Polygon'",
    ),
    wrong("no type at all", call("mask_polygon", mask={"coordinates": []}), "mask", "GeoJSON"),
    wrong(
        "a collection of geometries",
        call("mask_polygon", mask={"type": "GeometryCollection", "geometries": []}),
        "mask",
        "there is no 'GeometryCollection'",
    ),
    wrong(
        "a feature without geometry",
        call("mask_polygon", mask={"type": "Feature", "properties": {}}),
        "mask",
        "'geometry' is missing",
    ),
    wrong(
        "features without features",
        call("mask_polygon", mask={"type": "FeatureCollection"}),
        "mask",
        "'features' is missing",
    ),
    wrong(
        "a fault in a feature",
        call(
            "mask_polygon",
            mask={
                "type": "FeatureCollection",
                "features": [FEATURE, {"type": "Feature", "geometry": {"type": "Point"}}],
            },
        ),
        "mask",
        "features[1].geometry: 'coordinates' is missing",
    ),
    wrong(
        "a geometry for a feature",
        call("mask_polygon", mask={"type": "FeatureCollection", "features": [POLYGON]}),
        "mask",
        "features[0].type: there is no 'Polygon'",
        "'Feature'",
    ),
    wrong("a box for a geometry", call("mask_polygon", mask=BOX), "mask", "GeoJSON"),
    wrong(
        "a text for a geometry",
        call("mask_polygon", mask="POLYGON((…))"),
        "mask",
        "a GeoJSON object or a data cube from another node ({'from_node': …}), got a text",
    ),
    good("a geometry to load", one("load_geojson", data=FEATURE, properties=["a"])),
    bad(
        "a path for a geometry",
        one("load_geojson", data="a.geojson"),
        (INVALID, "n", "data", "a GeoJSON object, got a text ('a.geojson')"),
    ),
]
