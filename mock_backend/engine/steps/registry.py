"""Implementations of processes on data cubes."""

from collections.abc import Callable
from typing import Any

from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.late_imports import LateImports, by_module

Source = Callable[[StepCall], Any]
Step = Callable[[StepCall, Flow], Any]

_PACKAGE = "mock_backend.engine.steps"
#: Processes that make products of what satellites have seen, and those that run other programs.
_PRODUCTS = (
    "ard_normalized_radar_backscatter",
    "ard_surface_reflectance",
    "atmospheric_correction",
    "cloud_detection",
    "sar_backscatter",
)
_OF_PROGRAMS = ("force_level2", "force_tsa", "run_cwl", "run_cwl_to_stac", "sen2like")

#: Processes that need no data cube in the argument ``data``.
SOURCES: LateImports[Source] = LateImports(
    _PACKAGE,
    by_module(
        {
            "inputs.loading": "create_data_cube load_collection load_geojson load_result load_stac"
            " load_uploaded_files load_url read_vector",
            "processes.merging": "merge_cubes",
            "processes.vectors": "vector_buffer vector_to_random_points vector_to_raster"
            " vector_to_regular_points",
        }
    )
    | dict.fromkeys(_OF_PROGRAMS, "inputs.loading.stand_in")
    | dict.fromkeys(
        ("query_stac", "raster_to_vector", "to_vector_cube"), "inputs.loading.features_of_anything"
    )
    | {"load_disk_data": "inputs.loading.load_files", "get_geometries": "inputs.loading.read_vector"},
)

#: Processes of a data cube.
STEPS: LateImports[Step] = LateImports(
    _PACKAGE,
    by_module(
        {
            "processes.applying": "apply apply_dimension apply_kernel predict_curve",
            "processes.filters": "filter_bands filter_bbox filter_labels filter_spatial filter_temporal"
            " filter_vector mask mask_polygon",
            "processes.neighbourhoods": "apply_neighborhood apply_polygon",
            "processes.periods": "aggregate_temporal aggregate_temporal_period anomaly climatological_normal",
            "processes.products": "mask_scl_dilation to_scl_dilation_mask",
            "processes.reducing": "aggregate_spatial ndvi reduce_dimension reduce_spatial",
            "processes.resampling": "aggregate_spatial_window resample_cube_spatial resample_cube_temporal"
            " resample_spatial",
            "processes.restructuring": "add_dimension dimension_labels drop_dimension flatten_dimensions"
            " rename_dimension rename_labels unflatten_dimension",
            "processes.vectors": "vector_reproject",
        }
    )
    | dict.fromkeys(_PRODUCTS, "processes.products.product")
    | {
        "chunk_polygon": "processes.neighbourhoods.apply_polygon",
        "trim_cube": "processes.filters.as_it_is",
    },
)

#: Processes of the spatial dimensions of a data cube.
OF_SPACE = frozenset(
    {
        "aggregate_spatial",
        "aggregate_spatial_window",
        "apply_kernel",
        "apply_polygon",
        "filter_bbox",
        "filter_spatial",
        "mask_polygon",
        "ndvi",
        "reduce_spatial",
        "resample_spatial",
    }
)

#: Processes whose results are not computed: a stand-in has their place, and the log says so.
STAND_INS = frozenset(
    {
        *_PRODUCTS,
        *_OF_PROGRAMS,
        "load_disk_data",
        "query_stac",
        "raster_to_vector",
        "run_ogcapi",
        "run_ogcapi_externally",
        "run_udf_externally",
    }
)
