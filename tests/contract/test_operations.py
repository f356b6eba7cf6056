"""Every operation of the official document, asked with all kinds of requests that schemathesis makes up."""

import pytest
import schemathesis

from openeo_contract import References
from openeo_contract.fuzzing import failures_of, fuzzed


def operations():
    """Return the labels of all operations, e.g. ``POST /jobs``; none without the document."""
    references = References()
    if references.missing:
        return []
    return [
        f"{method.upper()} {path}"
        for path, operations in references.document()["paths"].items()
        for method in operations
        if method != "parameters"
    ]


#: All that can be wrong with a process is asked of POST /validation, which reads it by the same code. Of
#: these the rest of the body is what counts, and few random processes would let a request get that far.
WITH_KNOWN_PROCESSES = (
    "PUT /process_graphs/{process_graph_id}",
    "POST /jobs",
    "PATCH /jobs/{job_id}",
    "POST /services",
    "PATCH /services/{service_id}",
    "POST /result",
)


@pytest.fixture(scope="module")
def schema_of(document, known_processes, backend, hints):
    """Return what schemathesis needs to make requests for an operation."""

    def fuzz(document):
        token, credentials = backend.token(), ("alice", "secret")
        return fuzzed(document, url=backend.url, token=token, credentials=credentials, hints=hints)

    whole, with_known_processes = fuzz(document), fuzz(known_processes)

    def schema_of(operation):
        schema = with_known_processes if operation in WITH_KNOWN_PROCESSES else whole
        return schema.include(name=operation)

    return schema_of


@pytest.fixture
def same_for_each_request(backend, samples):
    """Let requests find the same back-end, or what they do would depend on those before."""
    ready_for = None

    def before_call(context, case, kwargs):
        nonlocal ready_for
        if ready_for != case.operation.path:
            ready_for = case.operation.path
            samples.reset(ready_for)
            backend.clock.advance("1h")

    def after_call(context, case, response):
        # A change leaves something to ask for.
        nonlocal ready_for
        if case.operation.method.upper() not in ("GET", "PATCH") and response.status_code < 400:
            ready_for = None

    hooks = (before_call, after_call)
    for hook in hooks:
        schemathesis.hook(hook)
    yield
    for hook in hooks:
        schemathesis.hooks.unregister(hook)


@pytest.mark.parametrize("operation", operations())
def test_an_operation(schema_of, backend, same_for_each_request, operation):
    if found := failures_of(schema_of(operation)):
        pytest.fail("\n\n".join(found), pytrace=False)
    assert backend.requests
