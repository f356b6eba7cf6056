"""Content that a client sends."""

from starlette.requests import Request


async def raw_body(request: Request) -> bytes:
    """Return a request's body as it came, whatever its media type.

    A FastAPI dependency: ``content: bytes = Depends(raw_body)`` in an endpoint's signature. Such a
    body may be as large as files may be (``max_file_size``).
    """
    return await request.body()
