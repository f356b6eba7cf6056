"""Errors about secondary services."""

from mock_backend.errors.base import OpenEOError


class ServiceNotFound(OpenEOError):
    """The user has no service of this id."""

    code, status, template = "ServiceNotFound", 404, "Service '{identifier}' does not exist."


class ServiceUnsupported(OpenEOError):
    """There are no services of this type."""

    code, status, template = "ServiceUnsupported", 400, "Service type '{type}' is not supported."


class ServiceConfigUnsupported(OpenEOError):
    """The service type has no such parameter."""

    code, status = "ServiceConfigUnsupported", 400
    template = "Service parameter '{parameter}' is not supported."


class ServiceConfigInvalid(OpenEOError):
    """A parameter of a service has a wrong value."""

    code, status = "ServiceConfigInvalid", 400
    template = "The value passed for the service parameter '{parameter}' is invalid: {reason}"


class ServiceConfigRequired(OpenEOError):
    """A parameter of a service is missing."""

    code, status, template = "ServiceConfigRequired", 400, "Service parameter '{parameter}' is required."
