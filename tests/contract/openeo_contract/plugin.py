"""A pytest plugin that holds all answers of all back-ends in this process to the official document.

No test has to ask for it. An answer that violates the document fails the test in which it was asked
for. A test that wants such an answer says so with ``@pytest.mark.off_contract("reason")``, and fails
if there is none.

Answers are judged before the client gets their last part, so that whatever a test waits for has been
judged when it ends, whichever thread or socket it came by. What tests start in processes of their own
is out of sight.
"""

import contextlib
import gzip
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest

from mock_backend import Delay, Fault
from openeo_contract.answers import Answer, is_json
from openeo_contract.contract import Contract
from openeo_contract.extensions import with_extensions
from openeo_contract.references import REQUIRED, References

#: The version of the API that answers outside of its paths are held to.
DEFAULT_VERSION = "1.2"

#: Bodies beyond this are not kept, and not judged.
MAX_BODY = 8_000_000

#: Below this path of a server are its identity providers, which are no part of the API.
ISSUERS = "/oidc/"

MARK = "off_contract"

_MARK_HELP = (
    "off_contract(reason): this test asks for answers that violate the openEO API's document; it fails if "
    "there are none"
)

_COUNTS = "openeo_contract"


class Watch:
    """Judge all exchanges, and keep what is wrong with them until a test is told.

    Args:
        references: The documents they are held to.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._contracts: dict[str, Contract] = {}
        self._lock = threading.Lock()
        self._violations: list[tuple[str, str]] = []
        #: The test that is running.
        self.test = ""
        #: The number of exchanges, and their operations.
        self.exchanges = 0
        self.operations: set[str] = set()

    def wrap(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Return a Gateway's ``__call__`` that is watched."""

        async def watched(gateway: Any, scope: Any, receive: Any, send: Any) -> None:
            # Nor is the host of assets, whose errors are XML.
            if scope["type"] != "http" or scope["path"].startswith(ISSUERS) or not gateway.is_api:
                await answer(gateway, scope, receive, send)
                return
            await answer(gateway, scope, receive, self._recording(gateway, scope, send))

        return watched

    def wrap_at_once(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Return a Gateway's ``answer_at_once`` that is watched."""

        async def send(message: Any) -> None:
            pass

        def watched(gateway: Any, scope: Any, given: bytes) -> Any:
            record = self._recording(gateway, scope, send)
            made = answer(gateway, scope, given)
            if made is not None:
                status, headers, body = made
                for message in (
                    {"type": "http.response.start", "status": status, "headers": headers},
                    {"type": "http.response.body", "body": body},
                ):
                    with contextlib.suppress(StopIteration):
                        record(message).send(None)
            return made

        return watched

    def take(self, test: str) -> tuple[list[str], list[str]]:
        """Hand over what has been wrong so far: in a test, and in exchanges that began in others."""
        with self._lock:
            taken, self._violations = self._violations, []
        own = list(dict.fromkeys(what for where, what in taken if where == test))
        return own, [f"{what} (asked for in {where})" for where, what in taken if where != test]

    def _recording(self, gateway: Any, scope: Any, send: Any) -> Any:
        # Before the gateway makes its own path of it.
        _, path, version = gateway._locate(scope)
        asked = {name for name, _ in scope["headers"]}
        seen = Answer(
            scope["method"],
            path if version else "/-",
            status=0,
            ranged=b"range" in asked,
            conditional=bool(asked & {b"if-none-match", b"if-modified-since"}),
        )
        body: bytearray | None = bytearray()
        test = self.test

        async def record(message: Any) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                for name, value in message["headers"]:
                    key = str(name, "latin-1").lower()
                    text = str(value, "latin-1")
                    seen.headers[key] = f"{seen.headers[key]}, {text}" if key in seen.headers else text
            elif message["type"] == "http.response.body":
                part = message.get("body", b"")
                seen.length += len(part)
                if seen.length > MAX_BODY or not is_json(seen.media_type):
                    body = None
                if body is not None:
                    body += part
                if not message.get("more_body", False) and not _is_broken(scope):
                    self._judge(seen, body, test, version or DEFAULT_VERSION)
            await send(message)

        return record

    def _contract(self, version: str) -> Contract:
        with self._lock:
            if version not in self._contracts:
                document = with_extensions(self._references.document(version))
                self._contracts[version] = Contract(document)
            return self._contracts[version]

    def _judge(self, answer: Answer, body: bytearray | None, test: str, version: str) -> None:
        contract = self._contract(version)
        try:
            answer.body = None if body is None else _decoded(body, answer.headers)
            found = contract.violations(answer)
        except Exception as error:  # in the app it would pass for a failure of the app
            found = [f"{answer.method} {answer.path} -> {answer.status}: cannot be judged: {error!r}"]
        with self._lock:
            self.exchanges += 1
            if contract.documents(answer):
                self.operations.add(contract.operation(answer))
            self._violations += ((test, what) for what in found)


def _is_broken(scope: Any) -> bool:
    """Tell whether a fault has been ordered that breaks the answer itself."""
    faults = [each.order.fault for each in scope.get("mock_backend.struck") or ()]
    return any(
        getattr(each, "body", None) is not None or not isinstance(each, Fault | Delay) for each in faults
    )


def _decoded(body: bytearray, headers: dict[str, str]) -> bytes | None:
    """Return a body without its content encoding; None if it has one that is not used here."""
    match headers.get("content-encoding", "identity"):
        case "identity":
            return bytes(body)
        case "gzip":
            return gzip.decompress(body)
    return None


class ContractPlugin:
    """Hooks of pytest while the contract is watched."""

    def __init__(self, references: References) -> None:
        self._references = references
        self.watch: Watch | None = None
        self._unwrap: Callable[[], None] = lambda: None
        self._marked = 0
        #: Violations by a marked test in the phases that are over.
        self._expected = 0
        self._collected: list[dict[str, Any]] = []

    def pytest_unconfigure(self) -> None:
        """Leave everything as it was."""
        self._unwrap()

    def pytest_report_header(self) -> str:
        """Say whether answers are judged."""
        if self._references.missing:
            return f"contract: off, because {self._references.missing}"
        return f"contract: answers are held to {self._references.folder}"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Count the tests that opted out.

        Raises:
            pytest.UsageError: If one of them does not say why.
        """
        for item in items:
            mark = item.get_closest_marker(MARK)
            if mark is None:
                continue
            if len(mark.args) != 1 or not isinstance(mark.args[0], str) or not mark.args[0].strip():
                raise pytest.UsageError(f'{item.nodeid}: write @pytest.mark.{MARK}("why it has to be")')
            self._marked += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Judge what fixtures asked for."""
        self._expected = 0
        return (yield from self._phase(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Judge what the test asked for."""
        result = yield from self._phase(item)
        if self.watch is not None and item.get_closest_marker(MARK) is not None and not self._expected:
            pytest.fail(
                f"{MARK}: nothing this test asked for violates the contract; take the mark away",
                pytrace=False,
            )
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Judge what fixtures asked for at their end."""
        return (yield from self._phase(item))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand a worker's counts to its controller."""
        if self.watch is not None and hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_COUNTS] = self._counts()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take a worker's counts."""
        if counts := getattr(node, "workeroutput", {}).get(_COUNTS):
            self._collected.append(counts)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how much was judged."""
        if self._references.missing:
            terminalreporter.write_line(f"contract: OFF, because {self._references.missing}", yellow=True)
            return
        counts = self._collected or [self._counts()]
        exchanges = sum(each["exchanges"] for each in counts)
        operations = {name for each in counts for name in each["operations"]}
        # Each worker has collected all tests.
        marked = max(each["marked"] for each in counts)
        terminalreporter.write_line(
            f"contract: {exchanges} answers to {len(operations)} operations held to the openEO API's "
            f"document; {marked} tests opted out"
        )

    def _begin(self) -> Watch:
        """Begin to watch: not before the first test, since who only collects tests needs no back-end."""
        from mock_backend.http.app.gateway import Gateway

        watch = Watch(self._references)
        original, at_once = Gateway.__call__, Gateway.answer_at_once
        Gateway.__call__ = watch.wrap(original)  # type: ignore[method-assign]  # this is the hook
        Gateway.answer_at_once = watch.wrap_at_once(at_once)  # type: ignore[method-assign]  # and this

        def unwrap() -> None:
            Gateway.__call__ = original  # type: ignore[method-assign]  # what it was
            Gateway.answer_at_once = at_once  # type: ignore[method-assign]  # and this

        self._unwrap = unwrap
        return watch

    def _phase(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if self._references.missing:
            return (yield)
        self.watch = self.watch or self._begin()
        self.watch.test = item.nodeid
        try:
            result = yield
        except BaseException:
            own, others = self.watch.take(item.nodeid)
            if found := [*self._unexpected(item, own), *others]:
                item.add_report_section("call", "contract", "\n".join(found))
            raise
        own, others = self.watch.take(item.nodeid)
        if found := [*self._unexpected(item, own), *others]:
            pytest.fail("Answers violate the openEO API's document:\n" + "\n".join(found), pytrace=False)
        return result

    def _unexpected(self, item: pytest.Item, own: list[str]) -> list[str]:
        if item.get_closest_marker(MARK) is None:
            return own
        self._expected += len(own)
        return []

    def _counts(self) -> dict[str, Any]:
        watch = self.watch
        return {
            "exchanges": 0 if watch is None else watch.exchanges,
            "operations": [] if watch is None else sorted(watch.operations),
            "marked": self._marked,
        }


def pytest_configure(config: pytest.Config) -> None:
    """Switch the contract on where there is one.

    Raises:
        pytest.UsageError: If there is none, and the environment says that there has to be one.
    """
    config.addinivalue_line("markers", _MARK_HELP)
    references = References()
    if references.missing and references.required:
        raise pytest.UsageError(f"{REQUIRED} is set, but {references.missing}.")
    config.pluginmanager.register(ContractPlugin(references), "openeo_contract watch")
