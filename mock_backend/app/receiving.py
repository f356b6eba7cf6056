"""Read what an ASGI request brings."""

from starlette.types import Message, Receive, Scope


async def read_body(receive: Receive) -> bytes:
    """Return a request's whole body."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def replaying(body: bytes) -> Receive:
    """Return what hands out a body that has been read already."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def header_of(scope: Scope, name: bytes) -> str | None:
    """Return a header of a request; its name in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None
