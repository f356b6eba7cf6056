"""Ways to reach a back-end: in this process, or over a socket."""

from mock_backend.transports.hosts import origin_of as check_url
from mock_backend.transports.inprocess import attach, detach

__all__ = ["attach", "check_url", "detach"]
