"""Extensions of the openEO API that have endpoints of their own; each is imported where it is offered."""

from mock_backend.api.register import EndpointRegister
from mock_backend.late_imports import LateImports

#: The classes of the registers by the names of the extensions.
_REGISTERS = LateImports[type[EndpointRegister]](
    __name__,
    {
        "processing-parameters": "processing_parameters.ProcessingParametersRegister",
        "workspaces": "workspaces.WorkspacesRegister",
        "commercial-data": "data_orders.OrdersRegister",
    },
)


def registers_of(extensions: frozenset[str]) -> list[type[EndpointRegister]]:
    """Return the classes of the registers that serve extensions."""
    return [_REGISTERS[each] for each in _REGISTERS if each in extensions]
