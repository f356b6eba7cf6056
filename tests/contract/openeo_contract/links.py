"""Links between the document's operations, which it has none of: what leads from one request to the next.

Whoever creates, lists, reads or changes a resource can go on to all operations on that resource; whoever
has deleted it can look for it.
"""

import copy
from typing import Any

Document = dict[str, Any]

#: Sources of resources: an operation, the path of the resources, and how its answer names one.
_SOURCES = {
    ("post", "/jobs"): ("/jobs/{job_id}", "$response.header.OpenEO-Identifier"),
    ("get", "/jobs"): ("/jobs/{job_id}", "$response.body#/jobs/0/id"),
    ("post", "/services"): ("/services/{service_id}", "$response.header.OpenEO-Identifier"),
    ("get", "/services"): ("/services/{service_id}", "$response.body#/services/0/id"),
    ("get", "/process_graphs"): ("/process_graphs/{process_graph_id}", "$response.body#/processes/0/id"),
    ("get", "/files"): ("/files/{path}", "$response.body#/files/0/path"),
    ("get", "/collections"): ("/collections/{collection_id}", "$response.body#/collections/0/id"),
}

_METHODS = ("get", "put", "post", "patch", "delete")


def add_links(document: Document) -> None:
    """Add OpenAPI links to a document."""
    for (method, path), (resource, expression) in _SOURCES.items():
        _link(document, path, method, resource, expression)
    for resource, _ in _SOURCES.values():
        name = resource.rpartition("{")[2].rstrip("}")
        for path, method in _operations_on(document, resource):
            _link(document, path, method, resource, f"$request.path.{name}")


def _link(document: Document, path: str, method: str, resource: str, expression: str) -> None:
    """Lead from an operation's success to all operations on a resource."""
    name = resource.rpartition("{")[2].rstrip("}")
    responses = document["paths"][path][method]["responses"]
    success = next(status for status in responses if status.startswith("2"))
    if reference := responses[success].get("$ref"):
        # Several operations share it, but not where they lead to.
        responses[success] = copy.deepcopy(document["components"]["responses"][reference.rpartition("/")[2]])
    links = responses[success].setdefault("links", {})
    deleted = method == "delete" and path == resource
    for target, verb in [(resource, "get")] if deleted else _operations_on(document, resource):
        links[f"{verb} {target}"] = {
            "operationId": document["paths"][target][verb]["operationId"],
            "parameters": {name: expression},
        }


def _operations_on(document: Document, resource: str) -> list[tuple[str, str]]:
    return [
        (path, method)
        for path, operations in document["paths"].items()
        if path == resource or path.startswith(resource + "/")
        for method in _METHODS
        if method in operations
    ]
