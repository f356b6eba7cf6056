"""Extensions of the openEO API that have endpoints of their own; each is imported where it is offered."""

from functools import lru_cache
from importlib import import_module

from mock_backend.api.register import EndpointRegister

#: Modules and classes of the registers by the names of the extensions.
_REGISTERS = {
    "processing-parameters": ("processing_parameters", "ProcessingParametersRegister"),
    "workspaces": ("workspaces", "WorkspacesRegister"),
    "commercial-data": ("data_orders", "OrdersRegister"),
}


@lru_cache(maxsize=32)
def registers_of(extensions: frozenset[str]) -> list[type[EndpointRegister]]:
    """Return the classes of the registers that serve extensions."""
    return [
        getattr(import_module(f"mock_backend.api.extensions.{module}"), name)
        for extension, (module, name) in _REGISTERS.items()
        if extension in extensions
    ]
