"""Errors about processes and process graphs."""

from mock_backend.errors.base import OpenEOError


class ProcessInvalid(OpenEOError):
    """The process is not described as a process has to be."""

    code, status, template = "ProcessInvalid", 400, "Invalid process specified."


class ProcessGraphMissing(OpenEOError):
    """A process without a process graph."""

    code, status = "ProcessGraphMissing", 400
    template = "Invalid process specified. It doesn't contain a process graph."


class ProcessGraphInvalid(OpenEOError):
    """The process graph's structure is broken."""

    code, status, template = "ProcessGraphInvalid", 400, "Invalid process graph specified."


class ProcessGraphNotFound(OpenEOError):
    """The user has no process of this id."""

    code, status = "ProcessGraphNotFound", 404
    template = "User-defined process '{identifier}' does not exist."


class ProcessGraphComplexity(OpenEOError):
    """The process is too much for synchronous processing."""

    code, status = "ProcessGraphComplexity", 400
    template = "The process is too complex for for synchronous processing. Please use a batch job instead."


class PredefinedProcessExists(OpenEOError):
    """A user-defined process cannot have the id of a predefined one."""

    code, status = "PredefinedProcessExists", 400
    template = "A predefined process with the given identifier exists."


class ProcessUnsupported(OpenEOError):
    """The process graph calls a process that does not exist here."""

    code, status = "ProcessUnsupported", 400
    template = "Process with identifier '{process}' is not available in namespace '{namespace}'."


class ProcessNamespaceInvalid(OpenEOError):
    """The namespace of a process is a URL that does not lead to its definition."""

    code, status = "ProcessNamespaceInvalid", 400
    template = "The value passed for namespace '{namespace}' in process '{process}' is invalid: {reason}"


class ProcessParameterUnsupported(OpenEOError):
    """A process was given an argument for a parameter that it does not have."""

    code, status = "ProcessParameterUnsupported", 400
    template = "Process '{process}' does not support parameter '{parameter}'."


class ProcessParameterInvalid(OpenEOError):
    """An argument is not what its parameter takes."""

    code, status = "ProcessParameterInvalid", 400
    template = "The value passed for parameter '{parameter}' in process '{process}' is invalid: {reason}"


class ProcessParameterRequired(OpenEOError):
    """A process lacks an argument."""

    code, status = "ProcessParameterRequired", 400
    template = "Process '{process}' parameter '{parameter}' is required."
