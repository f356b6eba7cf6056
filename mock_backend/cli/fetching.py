"""Fetch documents from the network, for ``mock-backend serve --fetch-remote``."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests

#: Maximum time for a server to send something, in seconds.
_TIMEOUT = 10
#: The largest document, in bytes.
_MOST = 5 << 20


def fetcher(own: str) -> Callable[[str], Any]:
    """Return a function that fetches JSON documents.

    Args:
        own: The URL of this server. It cannot ask itself while it answers.
    """
    address = urlsplit(own).netloc

    def fetch(url: str) -> Any:
        """Return the JSON document at a URL.

        Raises:
            OSError: If it cannot be fetched.
            ValueError: If it is no JSON, or too large.
        """
        if urlsplit(url).netloc == address:
            raise ValueError("a back-end does not fetch anything from itself.")
        with requests.get(url, timeout=_TIMEOUT, stream=True) as response:
            response.raise_for_status()
            body = b""
            for part in response.iter_content(1 << 16):
                body += part
                if len(body) > _MOST:
                    raise ValueError(f"it has more than {_MOST} bytes.")
        return json.loads(body)

    return fetch
