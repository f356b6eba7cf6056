"""Plain answers for ``requests``, without the way through its adapter and urllib3's pools.

What urllib3 would hand on as it is needs neither its pools nor its retries. Only such answers are given
here, and only where the adapter and its methods are those of ``requests``. Any other answer goes the complete
way, which begins with what is there already.
"""

import io
import sys
from collections.abc import Generator
from functools import lru_cache
from os.path import exists
from typing import TYPE_CHECKING, Any

from urllib3.exceptions import ProtocolError
from urllib3.poolmanager import PoolManager
from urllib3.util.retry import Retry

from mock_backend.transports import hosts
from mock_backend.transports.hosts import Origin
from mock_backend.transports.urllib3_pools import BackEndConnection, BackEndResponse, of_manager, pool_of

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

#: Parts of requests that a plain answer does without, or replaces.
_METHODS = (
    "send",
    "get_connection_with_tls_context",
    "cert_verify",
    "request_url",
    "add_headers",
    "build_response",
)


class PlainResponse(BackEndResponse):
    """A response in one piece, which is set up when more is asked of it than its body.

    Args:
        facts: Further arguments of a response.
    """

    def __init__(self, body: bytes, facts: dict[str, Any]) -> None:
        # Not by the constructor yet: its work would be for naught where only the body is read.
        self.__dict__.update(_rest=body, _facts=facts, _body_taken=False, _original_response=None)

    def _set_up(self) -> None:
        if (facts := self.__dict__.pop("_facts", None)) is None:
            return
        retries = facts.pop("retries")
        super().__init__(io.BytesIO(self.__dict__.pop("_rest")), **facts)
        self.retries = retries
        if self._body_taken:
            self.read(decode_content=False)

    def __getattr__(self, name: str) -> Any:
        if "_facts" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self._set_up()
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._set_up()
        super().__setattr__(name, value)

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Generator[bytes]:
        """Yield the body."""
        if "_facts" not in self.__dict__:
            yield from super().stream(amt, decode_content)
        elif not self._body_taken:
            self.__dict__["_body_taken"] = True
            if content := self._rest:
                yield content

    def release_conn(self) -> None:
        """Do nothing: it is of no pool."""

    def __del__(self) -> None:
        """Do nothing: there is nothing to close."""


def install() -> None:
    """Put our hook into ``requests`` if it is there and as it was; without it all is the same, but slower."""
    adapters = sys.modules.get("requests.adapters")
    if adapters is None:
        return
    if _is_of(adapters.HTTPAdapter.send, adapters.__name__):
        methods = [vars(adapters.HTTPAdapter).get(name) for name in _METHODS]
        if all(_is_of(each, adapters.__name__) for each in methods):
            adapters.HTTPAdapter.send = _hooked(adapters.HTTPAdapter, *methods)
    sessions = sys.modules.get("requests.sessions")
    look_up = getattr(sessions, "get_environ_proxies", None)
    if _is_of(look_up, "requests.utils"):
        sessions.get_environ_proxies = _proxies_of(look_up)  # type: ignore[union-attr]  # it has the function


def _is_of(function: Any, module: str) -> bool:
    return getattr(function, "__module__", None) == module


def _proxies_of(original: Any) -> Any:
    """Return what takes the place of a look for proxies in the environment, which costs as much as a request.

    No proxy is asked for what answers in this process.
    """

    def get_environ_proxies(url: Any, no_proxy: Any = None) -> Any:
        origin = hosts.origin_if_any("/".join(url.split("/", 3)[:3])) if type(url) is str else None
        is_here = origin is not None and hosts.find_here(origin) is not None
        return {} if is_here else original(url, no_proxy)

    return get_environ_proxies


def _hooked(adapter: "type[HTTPAdapter]", original: Any, *others: Any) -> Any:
    """Return what takes the place of an adapter's ``send``.

    Args:
        others: Its other methods, in the order of ``_METHODS``.
    """
    from requests import ConnectionError as RequestsConnectionError
    from requests import Response
    from requests.structures import CaseInsensitiveDict
    from requests.utils import get_encoding_from_headers, select_proxy

    @lru_cache(maxsize=64)
    def encoding_of(kind: str | None) -> str | None:
        return get_encoding_from_headers(CaseInsensitiveDict({} if kind is None else {"content-type": kind}))

    def is_as_shipped(one: Any) -> bool:
        return (
            type(one) is adapter
            and one.__dict__.keys().isdisjoint(_METHODS)
            and tuple(map(vars(adapter).get, _METHODS)) == methods
            and type(one.poolmanager) is PoolManager
            and PoolManager.connection_from_host is of_manager
            and isinstance(one.max_retries, Retry)
        )

    def send(
        self: Any,
        request: Any,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Any:
        arguments = stream, timeout, verify, cert, proxies
        origin, target = (None, "") if cert is not None else _target_of(request)
        if origin is not None and not (
            is_as_shipped(self)
            and (type(verify) is bool or (type(verify) is str and exists(verify)))
            and not (proxies and select_proxy(request.url, proxies) is not None)
            and _is_sound(timeout)
        ):
            origin = None
        # Last, as what other threads close must not be asked any more.
        backend = None if origin is None else hosts.find_here(origin)
        if origin is None or backend is None:
            return original(self, request, *arguments)
        connection = BackEndConnection(backend, origin)
        try:
            connection.request(
                request.method,
                target,
                request.body,
                request.headers,
                preload_content=False,
                decode_content=False,
            )
        except (ProtocolError, OSError) as error:
            raise RequestsConnectionError(error, request=request) from error
        answer = connection.plain_answer(request.method, self.max_retries)
        if answer is None:
            with pool_of(origin).beginning_with(connection):
                return original(self, request, *arguments)
        headers, body, facts = answer
        response: Any = Response()
        response.status_code = facts["status"]
        response.headers = CaseInsensitiveDict(headers)
        response.encoding = encoding_of(headers.get("content-type"))
        response.raw = PlainResponse(body, facts)
        response.reason = facts["reason"]
        response.url = request.url
        response.request = request
        response.connection = self
        return response

    methods = (send, *others)
    return send


def _is_sound(timeout: Any) -> bool:
    """Tell whether urllib3 takes a timeout."""
    if type(timeout) is tuple and len(timeout) == 2:
        return _is_sound(timeout[0]) and _is_sound(timeout[1])
    return timeout is None or (type(timeout) in (int, float) and timeout > 0)


def _target_of(request: Any) -> tuple[Origin | None, str]:
    """Return origin, and path with query, of a plain request; None for others."""
    url, body = request.url, request.body
    end = url.find("/", 8) if type(url) is str else -1
    if end < 0 or "#" in url or url.startswith("//", end) or not (body is None or type(body) in (bytes, str)):
        return None, ""
    return hosts.origin_if_any(url[:end]), url[end:]
