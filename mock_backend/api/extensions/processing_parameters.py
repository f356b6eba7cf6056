"""The extension Processing Parameters: what may stand beside the process in a request for processing."""

from typing import Any

from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister

#: The kinds of requests, as the profiles name them.
_REQUESTS = ("job", "service", "synchronous")


class ProcessingParametersRegister(EndpointRegister):
    """Serve ``/processing_parameters``."""

    served = (Endpoint(path="/processing_parameters", methods=("GET",), handler="list_parameters"),)

    def parameters(self) -> dict[str, dict[str, Any]]:
        """Return the parameters by name, each with the requests it is ``for``; override it for others."""
        return dict(self.settings.profile.catalogue.read("processing_parameters"))

    def list_parameters(self) -> dict[str, list[dict[str, Any]]]:
        """List the parameters for batch jobs, services, and synchronous processing."""
        found = self.parameters()
        return {
            f"create_{request}_parameters": [
                {"name": name, "optional": True, **{key: each[key] for key in each if key != "for"}}
                for name, each in found.items()
                if request in each["for"]
            ]
            for request in _REQUESTS
        }
