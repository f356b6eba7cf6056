"""Errors that any request may meet."""

from mock_backend.errors.base import OpenEOError


class Internal(OpenEOError):
    """The back-end itself failed."""


class NotFound(OpenEOError, status=404, template="Resource not found."):
    """There is nothing at this path."""


class FeatureUnsupported(OpenEOError, status=501, template="Feature not supported."):
    """The path is known but this back-end does not serve it."""


class RequestInvalid(OpenEOError, status=400, template="{message}"):
    """A query, path or body value is not what the operation takes; the API's list has no code for it."""


class ContentTypeInvalid(OpenEOError, status=400):
    """The request body has a media type that the operation does not take."""

    template = "The media type is not supported. Allowed: {types}"


class InfrastructureMaintenance(OpenEOError, status=503):
    """The back-end is down for maintenance."""

    template = (
        "Service is not available at the moment due to maintenance work. Please try again later "
        "or contact our support."
    )


class InfrastructureBusy(OpenEOError, status=503):
    """The back-end has too much to do."""

    template = (
        "Service is not available at the moment due to overloading. Please try again later or "
        "contact our support."
    )


class UnsupportedApiVersion(OpenEOError, status=404):
    """The URL asks for a version of the API that is not served."""

    template = "The requested API version '{version}' is not supported."


class RequestTimeout(OpenEOError, status=408, template="Request timed out."):
    """The request took too long."""


class CollectionNotFound(OpenEOError, status=404, template="Collection '{identifier}' does not exist."):
    """No collection has this id."""
