"""Binary content over HTTP: downloads in parts, on conditions; uploads as they come."""

from mock_backend.http.content.conditions import etag_of
from mock_backend.http.content.reading import ComputedContent, raw_body, read_range, size_of
from mock_backend.http.content.response import BinaryResponse

__all__ = ["BinaryResponse", "ComputedContent", "etag_of", "raw_body", "read_range", "size_of"]
