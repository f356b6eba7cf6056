"""Implementations of processes on data cubes."""

from collections.abc import Callable
from typing import Any

from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.late_imports import LateImports

Source = Callable[[StepCall], Any]
Step = Callable[[StepCall, Flow], Any]

#: Processes that need no data cube in the argument ``data``.
SOURCES: LateImports[Source] = LateImports(
    "mock_backend.engine.steps",
    {
        "load_collection": "inputs.loading.load_collection",
        "load_stac": "inputs.loading.load_stac",
        "load_uploaded_files": "inputs.loading.load_uploaded_files",
        "load_url": "inputs.loading.load_url",
        "load_result": "inputs.loading.load_result",
        "load_disk_data": "inputs.loading.load_files",
        "force_level2": "inputs.loading.stand_in",
        "run_cwl": "inputs.loading.stand_in",
        "run_cwl_to_stac": "inputs.loading.stand_in",
        "sen2like": "inputs.loading.stand_in",
        "get_geometries": "inputs.loading.read_vector",
        "query_stac": "inputs.loading.features_of_anything",
        "raster_to_vector": "inputs.loading.features_of_anything",
        "read_vector": "inputs.loading.read_vector",
        "to_vector_cube": "inputs.loading.features_of_anything",
        "vector_to_raster": "processes.vectors.vector_to_raster",
        "load_geojson": "inputs.loading.load_geojson",
        "create_data_cube": "inputs.loading.create_data_cube",
        "merge_cubes": "processes.merging.merge_cubes",
        "vector_buffer": "processes.vectors.vector_buffer",
        "vector_to_random_points": "processes.vectors.vector_to_random_points",
        "vector_to_regular_points": "processes.vectors.vector_to_regular_points",
    },
)

#: Processes of a data cube.
STEPS: LateImports[Step] = LateImports(
    "mock_backend.engine.steps",
    {
        "add_dimension": "processes.restructuring.add_dimension",
        "aggregate_spatial": "processes.reducing.aggregate_spatial",
        "aggregate_spatial_window": "processes.resampling.aggregate_spatial_window",
        "aggregate_temporal": "processes.periods.aggregate_temporal",
        "aggregate_temporal_period": "processes.periods.aggregate_temporal_period",
        "anomaly": "processes.periods.anomaly",
        "apply": "processes.applying.apply",
        "apply_dimension": "processes.applying.apply_dimension",
        "apply_kernel": "processes.applying.apply_kernel",
        "apply_neighborhood": "processes.neighbourhoods.apply_neighborhood",
        "apply_polygon": "processes.neighbourhoods.apply_polygon",
        "ard_normalized_radar_backscatter": "processes.products.sar_backscatter",
        "ard_surface_reflectance": "processes.products.ard_surface_reflectance",
        "atmospheric_correction": "processes.products.atmospheric_correction",
        "climatological_normal": "processes.periods.climatological_normal",
        "cloud_detection": "processes.products.cloud_detection",
        "dimension_labels": "processes.restructuring.dimension_labels",
        "drop_dimension": "processes.restructuring.drop_dimension",
        "filter_bands": "processes.filters.filter_bands",
        "filter_bbox": "processes.filters.filter_bbox",
        "filter_labels": "processes.filters.filter_labels",
        "filter_spatial": "processes.filters.filter_spatial",
        "filter_temporal": "processes.filters.filter_temporal",
        "filter_vector": "processes.filters.filter_vector",
        "flatten_dimensions": "processes.restructuring.flatten_dimensions",
        "mask": "processes.filters.mask",
        "mask_polygon": "processes.filters.mask_polygon",
        "ndvi": "processes.reducing.ndvi",
        "reduce_dimension": "processes.reducing.reduce_dimension",
        "reduce_spatial": "processes.reducing.reduce_spatial",
        "predict_curve": "processes.curves.predict_curve",
        "rename_dimension": "processes.restructuring.rename_dimension",
        "rename_labels": "processes.restructuring.rename_labels",
        "resample_cube_spatial": "processes.resampling.resample_cube_spatial",
        "resample_cube_temporal": "processes.resampling.resample_cube_temporal",
        "resample_spatial": "processes.resampling.resample_spatial",
        "sar_backscatter": "processes.products.sar_backscatter",
        "chunk_polygon": "processes.neighbourhoods.apply_polygon",
        "mask_scl_dilation": "processes.clouds.mask_scl_dilation",
        "to_scl_dilation_mask": "processes.clouds.to_scl_dilation_mask",
        "trim_cube": "processes.filters.as_it_is",
        "unflatten_dimension": "processes.restructuring.unflatten_dimension",
        "vector_reproject": "processes.vectors.vector_reproject",
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
        "ard_normalized_radar_backscatter",
        "ard_surface_reflectance",
        "atmospheric_correction",
        "cloud_detection",
        "force_level2",
        "load_disk_data",
        "query_stac",
        "raster_to_vector",
        "run_cwl",
        "run_cwl_to_stac",
        "run_ogcapi",
        "run_ogcapi_externally",
        "run_udf_externally",
        "sar_backscatter",
        "sen2like",
    }
)
