"""Implementations of processes on data cubes."""

from collections.abc import Callable
from typing import Any

from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.inputs import loading
from mock_backend.engine.steps.processes import (
    applying,
    clouds,
    curves,
    merging,
    neighbourhoods,
    periods,
    products,
    reducing,
    resampling,
    restructuring,
    vectors,
)
from mock_backend.engine.steps.processes import filters as choosing

Source = Callable[[StepCall], Any]
Step = Callable[[StepCall, Flow], Any]

#: Processes that need no data cube in the argument ``data``.
SOURCES: dict[str, Source] = {
    "load_collection": loading.load_collection,
    "load_stac": loading.load_stac,
    "load_uploaded_files": loading.load_uploaded_files,
    "load_url": loading.load_url,
    "load_result": loading.load_result,
    "load_disk_data": loading.load_files,
    "force_level2": loading.stand_in,
    "run_cwl": loading.stand_in,
    "run_cwl_to_stac": loading.stand_in,
    "sen2like": loading.stand_in,
    "get_geometries": loading.read_vector,
    "query_stac": loading.features_of_anything,
    "raster_to_vector": loading.features_of_anything,
    "read_vector": loading.read_vector,
    "to_vector_cube": loading.features_of_anything,
    "vector_to_raster": vectors.vector_to_raster,
    "load_geojson": loading.load_geojson,
    "create_data_cube": loading.create_data_cube,
    "merge_cubes": merging.merge_cubes,
    "vector_buffer": vectors.vector_buffer,
    "vector_to_random_points": vectors.vector_to_random_points,
    "vector_to_regular_points": vectors.vector_to_regular_points,
}

#: Processes of a data cube.
STEPS: dict[str, Step] = {
    "add_dimension": restructuring.add_dimension,
    "aggregate_spatial": reducing.aggregate_spatial,
    "aggregate_spatial_window": resampling.aggregate_spatial_window,
    "aggregate_temporal": periods.aggregate_temporal,
    "aggregate_temporal_period": periods.aggregate_temporal_period,
    "anomaly": periods.anomaly,
    "apply": applying.apply,
    "apply_dimension": applying.apply_dimension,
    "apply_kernel": applying.apply_kernel,
    "apply_neighborhood": neighbourhoods.apply_neighborhood,
    "apply_polygon": neighbourhoods.apply_polygon,
    "ard_normalized_radar_backscatter": products.sar_backscatter,
    "ard_surface_reflectance": products.ard_surface_reflectance,
    "atmospheric_correction": products.atmospheric_correction,
    "climatological_normal": periods.climatological_normal,
    "cloud_detection": products.cloud_detection,
    "dimension_labels": restructuring.dimension_labels,
    "drop_dimension": restructuring.drop_dimension,
    "filter_bands": choosing.filter_bands,
    "filter_bbox": choosing.filter_bbox,
    "filter_labels": choosing.filter_labels,
    "filter_spatial": choosing.filter_spatial,
    "filter_temporal": choosing.filter_temporal,
    "filter_vector": choosing.filter_vector,
    "flatten_dimensions": restructuring.flatten_dimensions,
    "mask": choosing.mask,
    "mask_polygon": choosing.mask_polygon,
    "ndvi": reducing.ndvi,
    "reduce_dimension": reducing.reduce_dimension,
    "reduce_spatial": reducing.reduce_spatial,
    "predict_curve": curves.predict_curve,
    "rename_dimension": restructuring.rename_dimension,
    "rename_labels": restructuring.rename_labels,
    "resample_cube_spatial": resampling.resample_cube_spatial,
    "resample_cube_temporal": resampling.resample_cube_temporal,
    "resample_spatial": resampling.resample_spatial,
    "sar_backscatter": products.sar_backscatter,
    "chunk_polygon": neighbourhoods.apply_polygon,
    "mask_scl_dilation": clouds.mask_scl_dilation,
    "to_scl_dilation_mask": clouds.to_scl_dilation_mask,
    "trim_cube": choosing.as_it_is,
    "unflatten_dimension": restructuring.unflatten_dimension,
    "vector_reproject": vectors.vector_reproject,
}

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
