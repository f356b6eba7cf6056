"""A person in front of a browser, played by a program."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from mock_backend.auth.oidc.flows.sessions import COOKIE

#: Whoever waits for the redirect is in this machine, and waiting now.
_TIMEOUT = 20

_LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")


class _Form(HTMLParser):
    """The first form of a page: where it goes, and what it brings along."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.method = ""
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self.method = given.get("action", ""), given.get("method", "get")
        elif tag == "input" and given.get("type") == "hidden":
            self.values[given["name"]] = given["value"]


def click_through(url: str, session: str, decision: str) -> str:
    """Open a page and answer what it asks.

    Args:
        session: The session that the browser is in.
        decision: The button that is clicked: ``allow`` or ``deny``.

    Returns:
        Where that leads.

    Raises:
        ValueError: If there is nothing to click, or a click is not enough.
    """
    import requests

    if decision not in ("allow", "deny"):
        raise ValueError(f"The decision must be 'allow' or 'deny', got {decision!r}.")
    with requests.Session() as browser:
        browser.headers["Cookie"] = f"{COOKIE}={session}"
        answer = browser.get(url, allow_redirects=False)
        if "location" not in answer.headers:
            form = _Form()
            form.feed(answer.text)
            if form.action is None or form.method != "post":
                raise ValueError(
                    f"There is nothing to click at {url}: {answer.status_code} {_text_of(answer.text)}"
                )
            answer = browser.post(
                urljoin(url, form.action), form.values | {"decision": decision}, allow_redirects=False
            )
            if answer.status_code >= 400:
                raise ValueError(f"A click is not enough at {url}: {_text_of(answer.text)}")
    location = answer.headers.get("location")
    if location is None:
        return str(answer.url)
    target = urlsplit(location)
    if target.scheme in ("http", "https") and _LOOPBACK.fullmatch(target.hostname or ""):
        requests.get(location, timeout=_TIMEOUT)
    return location


def _text_of(html: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL).split())
