"""Geometries of vector cubes are chosen by boxes and by other geometries."""

import pytest

from validation_cases.building import BOX, FEATURE, call, graph, ref


def test_vector_cubes_are_filtered_by_their_geometries(content):
    far = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [50, 50]}}
    features = {"type": "FeatureCollection", "features": [far, FEATURE]}
    nodes = {"v": call("load_geojson", data=features)}

    cube = content(graph(**nodes, f=call("filter_bbox", data=ref("v"), extent=BOX)))
    other = content(
        graph(
            **nodes,
            w=call("load_geojson", data=FEATURE),
            f=call("filter_vector", data=ref("v"), geometries=ref("w")),
        )
    )

    assert cube.geometries == other.geometries == (FEATURE,)
    assert cube.sizes == other.sizes == {"geometry": 1}


def test_geometries_that_are_not_fully_within_a_box_are_left_out(content):
    points = {"in": (178.5, 1), "there, too": (-179.5, 1), "on its edge": (178, 1), "out": (170, 1)}
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [*at]}}
        for name, at in points.items()
    ]
    cut = [[[[west, 0.5], [west + 1, 0.5], [west + 1, 1.5], [west, 0.5]]] for west in (179, -180)]
    for name, geometry in (
        ("cut at the antimeridian", {"type": "MultiPolygon", "coordinates": cut}),
        ("on both sides", {"type": "MultiPoint", "coordinates": [[179, 1], [-179.5, 1], [178, 1]]}),
        ("one of them", {"type": "MultiPoint", "coordinates": [[179, 1], [170, 1]]}),
        ("none", None),
        ("nothing", {"type": "GeometryCollection", "geometries": []}),
    ):
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
    line = {"type": "LineString", "coordinates": [[178.5, 1], [178.5, 5]]}
    features.append({"type": "Feature", "properties": {"name": "partly"}, "geometry": line})
    box = {"west": 178, "south": 0, "east": -179, "north": 2}

    cube = content(
        graph(
            v=call("load_geojson", data={"type": "FeatureCollection", "features": features}),
            f=call("filter_bbox", data=ref("v"), extent=box),
        )
    )

    names = [each["properties"]["name"] for each in cube.geometries]
    assert names == ["in", "there, too", "cut at the antimeridian", "on both sides"]


#: Polygons, lines and points by their relations to the unit square.
GEOMETRIES = {
    "itself": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]},
    "inside": {"type": "Point", "coordinates": [0.5, 0.5]},
    "around": {"type": "Polygon", "coordinates": [[[-1, -1], [2, -1], [2, 2], [-1, 2], [-1, -1]]]},
    "beside": {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]},
    "across": {"type": "LineString", "coordinates": [[-1, 0.5], [2, 0.5]]},
    "partly": {"type": "Polygon", "coordinates": [[[0.5, 0.5], [2, 0.5], [2, 2], [0.5, 2], [0.5, 0.5]]]},
    # In the box around it, and yet elsewhere.
    "in its box": {"type": "Point", "coordinates": [1.25, 1.9]},
    "nothing": None,
}


@pytest.mark.parametrize(
    ("relation", "kept"),
    [
        (None, {"itself", "inside", "around", "beside", "across", "partly"}),
        ("intersects", {"itself", "inside", "around", "beside", "across", "partly"}),
        ("disjoint", {"in its box"}),
        ("equals", {"itself"}),
        ("touches", {"beside"}),
        ("crosses", {"across"}),
        ("overlaps", {"partly"}),
        ("contains", {"itself", "around"}),
        ("within", {"itself", "inside"}),
    ],
)
def test_filter_vector(content, relation, kept):
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": each}
        for name, each in GEOMETRIES.items()
    ]
    # Of two bases the union counts: a part of the square, and the rest of it.
    halves = [
        {"type": "Polygon", "coordinates": [[[x, 0], [x + 0.5, 0], [x + 0.5, 1], [x, 1], [x, 0]]]}
        for x in (0, 0.5)
    ]
    bases = [{"type": "Feature", "properties": {}, "geometry": each} for each in halves]
    named = {} if relation is None else {"relation": relation}

    cube = content(
        graph(
            v=call("load_geojson", data={"type": "FeatureCollection", "features": features}),
            w=call("load_geojson", data={"type": "FeatureCollection", "features": bases}),
            f=call("filter_vector", data=ref("v"), geometries=ref("w"), **named),
        )
    )

    assert {each["properties"]["name"] for each in cube.geometries} == kept
