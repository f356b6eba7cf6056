"""Errors about secondary services."""

from mock_backend.errors.base import OpenEOError


class ServiceNotFound(OpenEOError, status=404, template="Service '{identifier}' does not exist."):
    """The user has no service of this id."""


class ServiceUnsupported(OpenEOError, status=400, template="Service type '{type}' is not supported."):
    """There are no services of this type."""


class ServiceConfigUnsupported(OpenEOError, status=400):
    """The service type has no such parameter."""

    template = "Service parameter '{parameter}' is not supported."


class ServiceConfigInvalid(OpenEOError, status=400):
    """A parameter of a service has a wrong value."""

    template = "The value passed for the service parameter '{parameter}' is invalid: {reason}"


class ServiceConfigRequired(OpenEOError, status=400, template="Service parameter '{parameter}' is required."):
    """A parameter of a service is missing."""
