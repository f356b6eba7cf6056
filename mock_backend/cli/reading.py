"""Read the documents of a back-end on the network, without being a burden to it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

import click

from mock_backend.settings import VERSION

if TYPE_CHECKING:
    import httpx

_TIMEOUT = 60
_ATTEMPTS = 5
#: Answers after which the same request may succeed.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: The longest wait that a back-end may ask for, in seconds.
_LONGEST_WAIT = 600
#: The most pages of a listing; more than that is a loop.
_MOST_PAGES = 1000


class ReadingError(click.ClickException):
    """A back-end does not answer (its HTTP status is None then), or not with what it should."""

    exit_code = 2

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Reader:
    """Reads documents of a back-end one after the other, with pauses.

    Args:
        url: The URL of the back-end, or of one of its versions.
        pause: The seconds between two requests.
        authorization: The header ``Authorization`` to send to the host of the API; None for none.
        transport: The transport of requests; httpx's own by default.
        wait: Waits for some seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        pause: float = 0,
        authorization: str | None = None,
        transport: "httpx.BaseTransport | None" = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        self._pause, self._wait, self._is_first = pause, wait, True
        self.authorization = authorization
        self._client = httpx.Client(
            transport=transport,
            timeout=_TIMEOUT,
            follow_redirects=True,
            headers={"User-Agent": f"openeo-mock-backend/{VERSION}"},
        )
        #: The URL of the API, with a slash at the end.
        self.url = self._discovered(url if "://" in url else f"https://{url}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        """Return the JSON document at a path, or a URL; raise ``ReadingError`` if it cannot be had."""
        answer = self.answer(path)
        try:
            return answer.json()
        except ValueError:
            raise ReadingError(f"GET {answer.url} answers {answer.text[:80]!r}, which is not JSON.") from None

    def pages(self, path: str) -> Iterator[Any]:
        """Yield the pages of a listing; raise ``ReadingError`` if a page cannot be had."""
        url: str | None = self._absolute(path)
        for _ in range(_MOST_PAGES):
            if url is None:
                return
            page = self.get(url)
            yield page
            links = page.get("links") or [] if isinstance(page, dict) else []
            following = (each.get("href") for each in links if each.get("rel") == "next")
            url = next((urljoin(url, href) for href in following if isinstance(href, str)), None)

    def log_in(self, user: str, password: str) -> None:
        """Log in by name and password, for all requests that follow, or raise ``ReadingError``."""
        token = self.answer("credentials/basic", auth=(user, password)).json()["access_token"]
        # From API 1.3 on a token may be sent as it is: then it is a JSON Web Token.
        self.authorization = f"Bearer {token if token.count('.') == 2 else f'basic//{token}'}"

    def content(self, url: str, most: int) -> bytes | None:
        """Return what is at a URL, None if it has more than ``most`` bytes, or raise ``ReadingError``."""
        answer = self.answer(url, stream=True)
        content = b""
        try:
            for part in answer.iter_bytes():
                content += part
                if len(content) > most:
                    return None
        finally:
            answer.close()
        return content

    def answer(
        self, path: str, *, auth: tuple[str, str] | None = None, stream: bool = False
    ) -> "httpx.Response":
        """Return the answer to a GET request, which is repeated if that may help.

        Args:
            path: A path below the URL of the API, or a URL.
            auth: A name and a password to send.
            stream: True to leave its body to be read.

        Raises:
            ReadingError: If there is none, or one that tells an error.
        """
        import httpx

        url = self._absolute(path)
        reason, status = "", None
        for attempt in range(_ATTEMPTS):
            if not self._is_first:
                self._wait(self._pause)
            self._is_first = False
            delay = 2.0**attempt
            try:
                request = self._client.build_request("GET", url, headers=self._headers(url))
                answer = self._client.send(request, auth=auth, stream=stream)
                if not answer.is_success:
                    answer.read()
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                reason, status = str(error) or type(error).__name__, None
            else:
                if answer.is_success:
                    return answer
                reason, status = _told(answer), answer.status_code
                if status not in _PASSING:
                    break
                delay = max(delay, _retry_after(answer))
            if delay > _LONGEST_WAIT:
                reason += f"; it asks for a pause of {delay:.0f} s"
                break
            if attempt + 1 < _ATTEMPTS:
                self._wait(delay)
        raise ReadingError(f"GET {url}: {reason}.", status)

    def _absolute(self, path: str) -> str:
        return path if "://" in path else self.url + path.lstrip("/")

    def _headers(self, url: str) -> dict[str, str]:
        # A token is for its back-end, not for hosts that results are at.
        is_own = urlsplit(url)[:2] == urlsplit(getattr(self, "url", ""))[:2]
        return {"Authorization": self.authorization} if is_own and self.authorization else {}

    def _discovered(self, url: str) -> str:
        """Return the URL of the API: of production versions of openEO 1 the highest."""
        root = url.rstrip("/") + "/"
        try:
            versions = self.get(root + ".well-known/openeo")["versions"]
            usable = [each for each in versions if str(each["api_version"]).startswith("1.")]
            best = max(usable, key=lambda each: (each.get("production", True), _number(each["api_version"])))
            return urljoin(root, str(best["url"])).rstrip("/") + "/"
        except ReadingError as error:
            if error.status is None or error.status in _PASSING:
                raise
        except (AttributeError, KeyError, TypeError, ValueError):
            pass
        # The URL may be that of a version.
        return root


def _number(version: Any) -> list[int]:
    return [int("".join(filter(str.isdigit, part)) or 0) for part in str(version).split("-")[0].split(".")]


def _told(answer: "httpx.Response") -> str:
    try:
        message = answer.json()["message"]
    except (KeyError, TypeError, ValueError):
        message = answer.reason_phrase
    return f"{answer.status_code} {message}".rstrip(". ")


def _retry_after(answer: "httpx.Response") -> float:
    told = answer.headers.get("retry-after", "")
    if told.strip().isdigit():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return 0
    return (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
