"""Access to the control API.

Pages of other sites must not: a browser would let them send requests to this machine. So requests whose
``Origin`` or ``Sec-Fetch-Site`` names another site are refused, and so is any ``Host`` but this machine's
own, by which a name that was rebound to its address would come in.
"""

import hmac
import json
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import Scope

from mock_backend.api.urls import is_loopback
from mock_backend.dataclass import dataclass

#: Values that browsers send with requests made by their own page, or by a person.
_OWN_SITES = ("same-origin", "none")


@dataclass(frozen=True)
class Guard:
    """Refuse requests to the control API that are not from its user.

    Args:
        secret: The required bearer token; None for none, on loopback addresses only.
    """

    secret: str | None = None

    def refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is refused; None if it is not."""
        headers = {name: value.decode("latin-1") for name, value in scope.get("headers", ())}
        host = headers.get(b"host", "")
        site = headers.get(b"sec-fetch-site", "none")
        origin = headers.get(b"origin")
        if site not in _OWN_SITES or (origin is not None and origin != f"{scope.get('scheme')}://{host}"):
            return _refused(403, "The control API does not answer to pages of other sites.")
        if self.secret is not None:
            given = headers.get(b"authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), self.secret.encode()):
                return _refused(
                    401,
                    "The control API needs the secret that the command has printed, "
                    "as `Authorization: Bearer SECRET`.",
                )
            return None
        if not is_loopback(_name_of(host)):
            return _refused(
                403, f"The control API must be reached by 127.0.0.1 or localhost, got the host {host!r}."
            )
        client = scope.get("client")
        if client is not None and not is_loopback(client[0]):
            return _refused(403, "The control API answers programs on its own machine only.")
        return None


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _refused(status: int, message: str) -> Response:
    code = "AuthenticationRequired" if status == 401 else "PermissionsInsufficient"
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    content = json.dumps({"code": code, "message": message})
    return Response(content, status, headers, media_type="application/json")
