"""Errors that any request may meet."""

from mock_backend.errors.base import OpenEOError


class Internal(OpenEOError):
    """The back-end itself failed."""


class NotFound(OpenEOError):
    """There is nothing at this path."""

    code, status, template = "NotFound", 404, "Resource not found."


class FeatureUnsupported(OpenEOError):
    """The path is known but this back-end does not serve it."""

    code, status, template = "FeatureUnsupported", 501, "Feature not supported."


class RequestInvalid(OpenEOError):
    """A query, path or body value is not what the operation takes; the API's list has no code for it."""

    code, status, template = "RequestInvalid", 400, "{message}"


class ContentTypeInvalid(OpenEOError):
    """The request body has a media type that the operation does not take."""

    code, status = "ContentTypeInvalid", 400
    template = "The media type is not supported. Allowed: {types}"


class InfrastructureMaintenance(OpenEOError):
    """The back-end is down for maintenance."""

    code, status = "InfrastructureMaintenance", 503
    template = (
        "Service is not available at the moment due to maintenance work. Please try again later "
        "or contact our support."
    )


class InfrastructureBusy(OpenEOError):
    """The back-end has too much to do."""

    code, status = "InfrastructureBusy", 503
    template = (
        "Service is not available at the moment due to overloading. Please try again later or "
        "contact our support."
    )


class UnsupportedApiVersion(OpenEOError):
    """The URL asks for a version of the API that is not served."""

    code, status = "UnsupportedApiVersion", 404
    template = "The requested API version '{version}' is not supported."


class RequestTimeout(OpenEOError):
    """The request took too long."""

    code, status, template = "RequestTimeout", 408, "Request timed out."


class CollectionNotFound(OpenEOError):
    """No collection has this id."""

    code, status, template = "CollectionNotFound", 404, "Collection '{identifier}' does not exist."
