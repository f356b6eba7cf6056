"""Reasons for methods of the openeo client that no test is marked with."""

_ARTIFACTS = "an extension of some back-ends: files in S3 storage; needs boto3"
_STAC_API = "keeps its table at a STAC API that takes writes, which is no openEO back-end"

#: Methods that no test calls, and why.
LEFT = {
    "ArtifactCapabilities.get_preferred_artifacts_provider": _ARTIFACTS,
    "OpenEOSTSClient.assume_from_openeo_connection": _ARTIFACTS,
    "S3STSArtifactHelper.get_new_creds": _ARTIFACTS,
    "S3STSArtifactHelper.upload_file": _ARTIFACTS,
    "build_artifact_helper": _ARTIFACTS,
    "STACAPIJobDatabase.initialize_from_df": _STAC_API,
    "STACAPIJobDatabase.persist": _STAC_API,
    "create_job_db": _STAC_API,
    "Process.from_json_url": "reads a process from a URL without a log-in, and we serve lists only",
}

#: Methods that ask a back-end in rare cases only, so that their many callers need no test for it.
STOPS = {
    "build_child_callback": "asks for UDF runtimes, for a UDF that names none",
    "_get_geometry_argument": "asks for input formats, for a geometry that is a URL",
    "load_json_resource": "reads a process graph that is a URL",
}

#: Methods that not all supported versions of the client have, and which do.
SOME_VERSIONS = {
    "JobResults.download_as_collection": "0.52 and later",
    "RestApiConnection.download_url": "0.52 and later",
}
