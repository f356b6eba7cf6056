"""The page of a served back-end: one document without anything from elsewhere."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.responses import Response

_HERE = Path(__file__).parent


@lru_cache(maxsize=2)
def control_page(status: int = 200) -> Response:
    """Return the page; its status is 404 where a browser has asked for something that is not there."""
    content, policy = _document()
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        # The same address answers programs with JSON.
        "Vary": "Accept",
    }
    return Response(content, status, headers, media_type="text/html")


@lru_cache(maxsize=1)
def _document() -> tuple[str, str]:
    """Return the page, with style and scripts in it, and the policy that lets it run nothing else."""
    style = (_HERE / "page.css").read_text("utf-8")
    script = "\n".join(file.read_text("utf-8") for file in sorted(_HERE.glob("*.js")))
    markup = (_HERE / "page.html").read_text("utf-8")
    content = markup.replace("/* style */", style).replace("/* script */", script)
    policy = (
        f"default-src 'none'; style-src {_hash_of(style)}; script-src {_hash_of(script)}; "
        "connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return content, policy


def _hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
