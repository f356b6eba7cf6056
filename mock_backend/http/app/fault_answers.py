"""Failures in a back-end's dialect that are not openEO errors."""

from http import HTTPStatus

from pydantic_core import to_json
from starlette.responses import HTMLResponse, Response

from mock_backend.control.faults import Fault
from mock_backend.profiles import Dialect

#: The statuses of proxies in front of a back-end.
_OF_PROXIES = (502, 503, 504)

_PAGE = """<html>
<head><title>{status} {reason}</title></head>
<body><center><h1>{status} {reason}</h1></center></body>
</html>
"""


def fault_answer(fault: Fault, operation: tuple[str, str | None], dialect: Dialect) -> Response | None:
    """Return the answer to a request that runs into a fault; None if it is an openEO error.

    Args:
        operation: Method and path template of the request.
    """
    status, error = fault.status or 500, fault.error()
    if dialect.html_gateway_errors and status in _OF_PROXIES and fault.code is None and fault.message is None:
        page = _PAGE.format(status=status, reason=HTTPStatus(status).phrase)
        return HTMLResponse(page, status_code=status, headers=error.headers)
    if dialect.inline_log_failures and status == 500 and operation == ("GET", "/jobs/{job_id}/logs"):
        entry = {"id": "", "level": "error", "code": error.openeo_code, "message": error.message}
        return Response(to_json({"logs": [entry], "links": []}), media_type="application/json")
    return None
