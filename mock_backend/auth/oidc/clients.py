"""Clients of an issuer: the applications that log people in."""

from collections.abc import Iterable
from dataclasses import field
from urllib.parse import urlsplit

from mock_backend.auth.accounts.users import is_account_name
from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean

CODE = "authorization_code"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH = "refresh_token"
SERVICE = "client_credentials"
PASSWORD = "password"  # noqa: S105  # the name of a grant type

#: All grant types there are.
GRANT_TYPES = (CODE, DEVICE, REFRESH, SERVICE, PASSWORD)

_SHORT = {"device_code": DEVICE}
#: Grants that ``/credentials/oidc`` can name, and their names with PKCE.
_LISTED = {CODE: f"{CODE}+pkce", DEVICE: f"{DEVICE}+pkce", REFRESH: REFRESH}

_LOOPBACK = ("localhost", "127.0.0.1", "::1")

#: Schemes that a browser would run instead of going there.
_SCRIPTS = ("javascript", "data", "vbscript")


@dataclass(frozen=True)
class Client:
    """An application that is registered with an issuer; raise ``ValueError`` if that makes no sense."""

    id: str  #: Its client id
    #: Its secret; None for a public client, which proves itself by PKCE instead
    secret: str | None = field(default=None, repr=False)
    #: The grants it may use, e.g. ``authorization_code``, ``device_code``, ``refresh_token``,
    #: ``client_credentials``, ``password``.
    grant_types: tuple[str, ...] = (CODE, DEVICE, REFRESH)
    #: The URLs to send people back to. At a loopback address any port will do (RFC 8252, section 7.3).
    redirect_urls: tuple[str, ...] = ()
    #: The account of its own tokens (client credentials); one of its id by default
    account: str | None = None
    audience: str | None = None  #: The audience of its access tokens; the back-end by default
    title: str | None = None
    is_default: bool = False  #: True if ``GET /credentials/oidc`` lists it as a default client

    def __post_init__(self) -> None:
        if not (isinstance(self.id, str) and self.id.strip()):
            raise ValueError(f"A client's id must be a str, got {self.id!r}.")
        if self.secret is not None and not (isinstance(self.secret, str) and self.secret):
            raise ValueError("A client's secret must be a str, or None for a public client.")
        if self.account is not None and not is_account_name(self.account):
            raise ValueError(f"A client's account must be the name of a user, got {self.account!r}.")
        # The way in which a frozen dataclass sets its own fields.
        object.__setattr__(self, "grant_types", tuple(map(_grant_type, as_texts(self.grant_types))))
        object.__setattr__(self, "redirect_urls", tuple(map(_redirect_url, as_texts(self.redirect_urls))))
        if self.secret is None and SERVICE in self.grant_types:
            # It needs a client only, so that anyone could use it.
            raise ValueError(f"The client {self.id!r} needs a secret for the grant type {SERVICE!r}.")
        if self.is_default and self.secret is not None:
            raise ValueError("A default client is for all users, so it cannot have a secret.")
        if self.is_default and not set(self.grant_types) & _LISTED.keys():
            raise ValueError(f"A default client has one of these grant types: {', '.join(_LISTED)}.")

    @property
    def is_public(self) -> bool:
        """True if it has no secret."""
        return self.secret is None

    def takes_redirect(self, url: str) -> bool:
        """Tell whether people may be sent back to a URL.

        A host's root may be written without its slash, as the openEO JavaScript client has it.
        """
        given = _with_root(url)
        return any(
            given == _with_root(known) or _same_loopback(given, _with_root(known))
            for known in self.redirect_urls
        )

    def listed(self, origin: str | None = None) -> dict[str, object]:
        """Return the client as ``GET /credentials/oidc`` lists it.

        Args:
            origin: The web page that asks. If people may be sent back to its port, it is listed: clients
                in browsers look for it, and do not know that any port will do.
        """
        grants = [_LISTED[each] for each in self.grant_types if each in _LISTED]
        if CODE not in self.grant_types:
            return {"id": self.id, "grant_types": grants}
        urls = list(self.redirect_urls)
        if origin is not None and (page := f"{origin}/") not in urls and self.takes_redirect(page):
            urls.append(page)
        return {"id": self.id, "grant_types": grants, "redirect_urls": urls}


def as_texts(given: Iterable[str] | str) -> Iterable[str]:
    """Return several texts, of which one may be given alone."""
    return [given] if isinstance(given, str) else given


def _grant_type(name: str) -> str:
    name = _SHORT.get(name, name)
    if name not in GRANT_TYPES:
        raise ValueError(
            f"Unknown grant type {name!r}. Available: {', '.join((*GRANT_TYPES, *_SHORT))}."
            f"{did_you_mean(str(name), (*GRANT_TYPES, *_SHORT))}"
        )
    return name


def _redirect_url(url: str) -> str:
    parts = urlsplit(url) if isinstance(url, str) else None
    if (
        parts is None
        or not parts.scheme
        or "#" in url
        or not _is_plain(url)
        or parts.scheme in _SCRIPTS
        or (parts.scheme in ("http", "https") and not parts.netloc)
    ):
        raise ValueError(f"A redirect URL must be absolute and have no fragment, got {url!r}.")
    return url


def _is_plain(url: str) -> bool:
    """Tell whether a URL has nothing in it that libraries and browsers read in ways of their own."""
    return url.isprintable() and " " not in url and "\\" not in url


def _with_root(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"{url}/" if mark and rest and not set("/?#") & set(rest) and scheme in ("http", "https") else url


def _same_loopback(url: str, known: str) -> bool:
    """Tell whether two URLs at a loopback address differ in their ports only."""
    try:
        one, other = urlsplit(url), urlsplit(known)
        one.port  # noqa: B018  # raises where it is no number
    except ValueError:
        return False
    return (
        one.scheme == other.scheme == "http"
        and one.hostname == other.hostname
        and one.hostname in _LOOPBACK
        and "@" not in one.netloc
        and _is_plain(url)
        and (one.path, one.query, one.fragment) == (other.path, other.query, other.fragment)
    )
