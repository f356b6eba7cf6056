"""An exchange as the contract looks at it."""

from dataclasses import dataclass, field


@dataclass
class Answer:
    """The answer of a back-end to a request.

    Args:
        method: The request's HTTP method.
        path: The request's path below the API's URL.
        status: The HTTP status.
        headers: The answer's headers by their names in lower case.
        body: The body; None if it was not kept.
        length: How many bytes the body had.
        ranged: Whether the request asked for a part of the body.
        conditional: Whether the request asked for the body only if it has changed.
    """

    method: str
    path: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = b""
    length: int = 0
    ranged: bool = False
    conditional: bool = False

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; empty if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Tell whether a media type is one of JSON."""
    return media_type == "application/json" or media_type.endswith("+json")
