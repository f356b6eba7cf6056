"""Values that a back-end knows, where the document takes any: random ones seldom get beyond "not found".

A hint offers such values beside all others; it neither takes nor allows a value that the document does not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Hints = Mapping[str, Sequence[Any]]


def add_hints(document: dict[str, Any], hints: Hints, *, alone: bool = False) -> None:
    """Offer known values in a document's schemas.

    Args:
        document: An OpenAPI document.
        hints: Valid values by the names of schemas, or of parameters.
        alone: Whether to offer them without all others.
    """
    schemas = document["components"]["schemas"]
    parameters = dict(document["components"]["parameters"])
    for operations in document["paths"].values():
        parameters |= {each["name"]: each for each in operations.get("parameters", ()) if "name" in each}
    for name, values in hints.items():
        holder, key = (schemas, name) if name in schemas else (parameters[name], "schema")
        # The document's own examples name what its authors' back-ends knew.
        others = {word: value for word, value in holder[key].items() if word != "example"}
        known = {"enum": list(values)}
        holder[key] = {"anyOf": [known] if alone else [known, others], "example": values[0]}
