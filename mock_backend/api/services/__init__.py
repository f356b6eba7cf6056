"""Secondary web services."""

from mock_backend.api.services.register import ServicesRegister, ServicesView
from mock_backend.api.services.service import Service

__all__ = ["Service", "ServicesRegister", "ServicesView"]
