"""Errors about processes and process graphs."""

from mock_backend.errors.base import OpenEOError


class ProcessInvalid(OpenEOError, status=400, template="Invalid process specified."):
    """The process is not described as a process has to be."""


class ProcessGraphMissing(OpenEOError, status=400):
    """A process without a process graph."""

    template = "Invalid process specified. It doesn't contain a process graph."


class ProcessGraphInvalid(OpenEOError, status=400, template="Invalid process graph specified."):
    """The process graph's structure is broken."""


class ProcessGraphNotFound(OpenEOError, status=404):
    """The user has no process of this id."""

    template = "User-defined process '{identifier}' does not exist."


class ProcessGraphComplexity(OpenEOError, status=400):
    """The process is too much for synchronous processing."""

    template = "The process is too complex for for synchronous processing. Please use a batch job instead."


class PredefinedProcessExists(OpenEOError, status=400):
    """A user-defined process cannot have the id of a predefined one."""

    template = "A predefined process with the given identifier exists."


class ProcessUnsupported(OpenEOError, status=400):
    """The process graph calls a process that does not exist here."""

    template = "Process with identifier '{process}' is not available in namespace '{namespace}'."


class ProcessNamespaceInvalid(OpenEOError, status=400):
    """The namespace of a process is a URL that does not lead to its definition."""

    template = "The value passed for namespace '{namespace}' in process '{process}' is invalid: {reason}"


class ProcessParameterUnsupported(OpenEOError, status=400):
    """A process was given an argument for a parameter that it does not have."""

    template = "Process '{process}' does not support parameter '{parameter}'."


class ProcessParameterInvalid(OpenEOError, status=400):
    """An argument is not what its parameter takes."""

    template = "The value passed for parameter '{parameter}' in process '{process}' is invalid: {reason}"


class ProcessParameterRequired(OpenEOError, status=400):
    """A process lacks an argument."""

    template = "Process '{process}' parameter '{parameter}' is required."
