"""Secondary web services."""

from mock_backend.api.services.register import ServicesRegister
from mock_backend.api.services.service import Service
from mock_backend.api.services.views import ServicesView

__all__ = ["Service", "ServicesRegister", "ServicesView"]
