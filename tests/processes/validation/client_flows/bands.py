"""Bands, indices, values of pixels and masks."""

from openeo.processes import ProcessBuilder, array_create, if_, process, text_concat

from client_flows.building import FEATURES, POLYGON, process_graph, s2

CONTEXT = {"from_parameter": "context"}


def ndvi(c):
    cube = s2(c)
    return [
        cube.ndvi(),
        cube.ndvi(nir="B08", red="B04"),
        cube.ndvi(nir="nir", red="B04", target_band="NDVI").filter_bands(["NDVI", "B04"]),
        cube.ndvi().save_result("GTiff"),
        cube.ndvi()
        .reduce_dimension("t", "max")
        .save_result(format="PNG", options={"colormap": {"0": [1, 2, 3]}}),
        s2(c, bands=None).ndvi(target_band="x").band("x"),
    ]


def band_math(c):
    cube = s2(c, bands=["B02", "B04", "B08"])
    blue, red, nir = cube.band("B02"), cube.band("red"), cube.band(2)
    evi = 2.5 * (nir - red) / (nir + 6.0 * red - 7.5 * blue + 1.0)
    return [
        (nir - red) / (nir + red),
        evi,
        evi.max_time(),
        evi.linear_scale_range(0, 1, 0, 255),
        nir.normalized_difference(red),
        -nir,
        1 / (nir**2) + 2**red,
        (red.ln() + red.log2() + red.log10() + red.logarithm(3)).power(2),
        cube.band("B08") + cube.band("B02") + 1,
        cube * 0.0001,
        cube + cube,
        (cube.filter_bands(["B02"]) > 3) | (cube.filter_bands(["B02"]) <= 1),
        ~(red > 3),
        (red != 5) & (nir == 3),
        (red > 5) * 1.0 + (nir <= 3) * blue,
    ]


def band_math_as_functions(c):
    cube = s2(c, bands=["B02", "B04", "B08"])

    def evi(data: ProcessBuilder) -> ProcessBuilder:
        blue, red, nir = data[0], data["B04"], data.array_element(label="nir")
        return (2.5 * (nir - red)) / (nir + 6.0 * red - 7.5 * blue + 1)

    return [
        cube.reduce_dimension("bands", evi),
        cube.reduce_bands(lambda data: data[1] - data[2]),
        cube.apply_dimension(lambda data: array_create([data[0], data[1] * 2, 0]), dimension="bands"),
        cube.apply_dimension(
            lambda data: data.array_concat(array_create([data["B08"] / data["B04"]])), dimension="bands"
        )
        .rename_labels("bands", ["B02", "B04", "B08", "ratio"])
        .filter_bands(["ratio"]),
        cube.apply_dimension(lambda data: data.array_modify(values=[1], index=0), dimension="bands"),
        cube.reduce_dimension("bands", lambda data: data.array_element(5, return_nodata=True)),
        cube.reduce_dimension("bands", lambda data: data.array_element(label="B11", return_nodata=True)),
        cube.apply_dimension(lambda data: data.array_apply(lambda x: x * 2), dimension="bands"),
        cube.apply_dimension(lambda data: data.array_apply(lambda x, index: x * index), dimension="bands"),
        cube.apply_dimension(
            lambda data: data.array_apply(lambda x, label: if_(text_concat([label, "x"]) == "B02x", x, 0)),
            dimension="bands",
        ),
        cube.apply_dimension(
            lambda data: data.array_filter(lambda x: x > 3).array_create(repeat=2), dimension="bands"
        ),
        cube.reduce_bands(lambda data: data.array_find_label("B04")),
        cube.reduce_bands(lambda data: data.array_contains(value=3)),
    ]


def labels(c):
    cube = s2(c, bands=["B02", "B04", "B08"])
    renamed = cube.rename_labels("bands", target=["blue", "red", "nir"], source=["B02", "B04", "B08"])
    return [
        renamed,
        renamed.band("red") / renamed.band("nir"),
        renamed.ndvi(),
        cube.rename_labels("bands", ["a", "b", "c"]).filter_bands(["c"]),
        cube.rename_labels("bands", target=["B04", "B02"], source=["B02", "B04"]),
        cube.rename_labels("bands", target=["x"], source=["B02"]).filter_bands(["x", "B08"]),
        cube.filter_labels(lambda value: value.text_begins("B0"), dimension="bands").filter_bands(["B04"]),
        cube.dimension_labels("bands"),
        c.load_collection("SENTINEL2_L2A", bands=["B02"]).drop_dimension("bands"),
    ]


def added_bands(c):
    cube = s2(c)
    index = cube.ndvi().add_dimension("bands", "NDVI", type="bands")
    merged = cube.merge_cubes(index)
    return [
        index,
        merged,
        merged.filter_bands(["NDVI", "B08"]),
        merged.ndvi(),
        merged.band("NDVI") * 2,
        cube.merge_cubes(s2(c, bands=["B08", "B11"]), overlap_resolver="max").filter_bands(["B11", "B04"]),
        cube.merge_cubes(s2(c, bands=["B08"]), overlap_resolver=lambda x, y: x + y),
        cube.merge_cubes(cube, overlap_resolver=lambda x, y: if_(x > 0, x, y), context={"a": 1}),
    ]


def scene_classification_mask(c):
    cube, scl = s2(c), s2(c, bands=["SCL"]).band("SCL")
    mask = (scl == 3) | (scl == 8) | (scl == 9)
    blurred = mask.apply_kernel([[1, 1, 1], [1, 1, 1], [1, 1, 1]], factor=1 / 9) > 0.1
    return [
        cube.mask(mask),
        cube.mask(blurred, replacement=-9999),
        cube.mask(~((scl == 4) | (scl == 5))),
        cube.mask(mask.resample_cube_spatial(cube, method="near")),
        cube.process("mask", data=cube, mask=mask, replacement=None),
        s2(c, ["B04", "SCL"]).apply_dimension(
            lambda data: if_(data["SCL"] == 4, data, None), dimension="bands"
        ),
        s2(c, ["B04", "SCL"]).reduce_bands(lambda data: if_(data[1].neq(4), data[0])),
    ]


def polygon_masks(c):
    return [
        s2(c).mask_polygon(POLYGON),
        s2(c).mask_polygon(POLYGON, replacement=0, inside=True),
        s2(c).mask_polygon(POLYGON | {"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}}),
        s2(c).mask_polygon(FEATURES),
        s2(c).mask_polygon(c.load_geojson(POLYGON)),
        s2(c).filter_spatial(POLYGON),
        s2(c).filter_spatial(c.load_url("https://files.test/a.geojson", format="geojson")),
    ]


def pixelwise(c):
    cube = s2(c)
    return [
        cube.apply("absolute"),
        cube.apply(lambda x: x.linear_scale_range(0, 10_000, 0, 1)),
        cube.linear_scale_range(0, 10_000, 0, 255).save_result("png"),
        cube.apply(lambda x: x.clip(0, 1).round(2).sqrt().is_nan()),
        cube.apply(lambda x: if_(x.gt(3).and_(x.lt(5)), 1)),
        cube.process("apply", data=cube, process=process_graph("multiply", "x", y=CONTEXT), context=2),
        cube.apply(lambda x: x.int() + x.floor().mod(3)),
        cube.apply(lambda x: x.is_nodata().or_(x == 0)),
        cube.apply(lambda x: x.eq(0.5, delta=0.01)),
        cube.apply(lambda x: process("absolute", x=x)),
    ]
