"""Headers of Cross-Origin Resource Sharing: what scripts of other pages may do."""

Headers = tuple[tuple[bytes, bytes], ...]

_ANY = (b"access-control-allow-origin", b"*")
_EXPOSED_HEADERS = (
    "Link, Location, OpenEO-Costs, OpenEO-Identifier, Accept-Ranges, Content-Disposition, Content-Encoding, "
    "Content-Range, ETag, Last-Modified, Retry-After"
)
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, Accept, Range, If-Match, If-None-Match, If-Modified-Since, "
    "If-Unmodified-Since, If-Range"
)
#: Headers that let scripts of other pages read an answer.
CORS: Headers = (_ANY, (b"access-control-expose-headers", _EXPOSED_HEADERS.encode()))
#: Headers of the answer to a browser's question which methods and headers scripts may send.
PREFLIGHT: Headers = (
    *CORS,
    (b"access-control-allow-methods", b"OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", _ALLOWED_HEADERS.encode()),
    (b"access-control-max-age", b"86400"),
    (b"content-type", b"application/json"),
)
