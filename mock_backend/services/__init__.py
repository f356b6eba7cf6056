"""Secondary web services."""

from mock_backend.services.register import ServicesRegister
from mock_backend.services.service import Service
from mock_backend.services.views import ServicesView

__all__ = ["Service", "ServicesRegister", "ServicesView"]
