"""The pages a person sees: plain HTML without scripts, so that a browser test can click through them."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from mock_backend.auth.oidc.flows.authorization_code import AuthorizationRequest
    from mock_backend.auth.oidc.flows.device import Device
    from mock_backend.auth.oidc.flows.sessions import Session

# Every text has a contrast of 4.5 or more, every border of a field or button 3 or more (WCAG 2.2, AA).
_STYLE = (
    ":root{color-scheme:light}*{box-sizing:border-box}"
    "body{font:1rem/1.5 system-ui,sans-serif;background:#e9eef1;color:#1c2b33;margin:0;padding:1rem;"
    "overflow-wrap:break-word}"
    "main{max-width:26rem;margin:8vh auto 0;background:#fff;border-radius:.5rem;padding:1.75rem 2rem;"
    "border-top:.25rem solid #1665a0;box-shadow:0 .1rem .5rem #1c2b3326}"
    "@media(max-width:30rem){main{margin:0;padding:1.25rem}}"
    "h1{font-size:1.4rem;line-height:1.3;margin:0 0 1rem}p{margin:0 0 1rem}p:last-child{margin:0}"
    ".from{color:#4d5e68;font-size:.9rem;margin:0 0 .25rem}"
    ".wrong{background:#fdecec;border-left:.25rem solid #b3261e;color:#8c1d18;padding:.6rem .8rem}"
    "ul{list-style:none;margin:0 0 1.25rem;padding:.25rem .8rem;background:#f4f7f8;border-radius:.25rem}"
    "li{padding:.3rem 0}code{color:#4d5e68;font-size:.8rem}"
    "label{display:block;font-weight:600;margin:0 0 .25rem}"
    "input{display:block;width:100%;font:inherit;padding:.55rem .7rem;margin:0 0 1rem;background:#fff;"
    "color:inherit;border:1px solid #6b7c86;border-radius:.25rem}"
    "input[name=user_code]{font-family:ui-monospace,monospace;letter-spacing:.1em;text-transform:uppercase}"
    ".buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0 0}"
    "button{flex:1 1 7rem;font:inherit;font-weight:600;padding:.6rem 1rem;border:1px solid #1665a0;"
    "border-radius:.25rem;background:#fff;color:#1665a0;cursor:pointer}"
    "button.yes{background:#1665a0;color:#fff}button:hover{background:#e8f1f8}"
    "button.yes:hover{background:#0f4c79}"
    ":focus-visible{outline:.1875rem solid #1c2b33;outline-offset:.125rem}"
    "footer{max-width:26rem;margin:1rem auto;text-align:center;color:#4d5e68;font-size:.85rem}"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

#: Meanings of scopes for people who do not know them by their names.
_MEANINGS = {
    "openid": "Know who you are",
    "profile": "See your name",
    "email": "See your email address",
    "offline_access": "Stay connected when you are away",
    "eduperson_entitlement": "See what you are entitled to",
}


def issuer_page(title: str, content: str, *, provider: str = "", status: int = 200) -> HTMLResponse:
    """Return a page.

    Args:
        title: Its title, as plain text.
        content: The content below the title, as HTML.
    """
    whole = f"{title} | {provider}" if provider else title
    source = f'<p class="from">{escape(provider)}</p>' if provider else ""
    # Without an icon of its own, a browser asks the back-end for one, which has none.
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(whole)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f"<body><main>{source}<h1>{escape(title)}</h1>{content}</main>"
        "<footer>An identity provider for tests. Do not enter real passwords.</footer></body></html>",
        status_code=status,
        headers=_HEADERS,
    )


def message(title: str, text: str, *, status: int = 200) -> HTMLResponse:
    """Return a page that says something."""
    return issuer_page(title, f"<p>{escape(text)}</p>", status=status)


def consent(
    title: str,
    action: str,
    asks: "AuthorizationRequest | Device",
    hidden: Mapping[str, str],
    session: "Session | None",
    typed: str = "",
    wrong: str = "",
) -> HTMLResponse:
    """Return the page that asks a person to log in, and to allow a client what it wants.

    Args:
        action: The URL for the answer.
        session: The session of the user who is logged in already, or None.
        typed: The user name in the last answer.
        wrong: The problem with the last answer.
    """
    wishes = "".join(
        f"<li>{escape(_MEANINGS.get(each, each))} <code>{escape(each)}</code></li>" for each in asks.scope
    )
    if session is None:
        who = _field(
            "User name",
            "username",
            typed,
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
            wrong=wrong,
            focus=not typed,
        ) + _field(
            "Password",
            "password",
            type="password",
            autocomplete="current-password",
            wrong=wrong,
            focus=bool(typed),
        )
    else:
        who = f"<p>You are logged in as <strong>{escape(session.user.user_id)}</strong>.</p>"
    # "Deny" needs no log-in, so it does not ask the browser to check the fields.
    return issuer_page(
        "Log in" if session is None else "Allow access",
        _alert(wrong)
        + f"<p><strong>{escape(asks.client.title or asks.client.id)}</strong> asks to:</p><ul>{wishes}</ul>"
        f'<form method="post" action="{escape(action)}">{_hidden(hidden)}{who}<div class="buttons">'
        '<button class="yes" name="decision" value="allow">Allow</button>'
        '<button name="decision" value="deny" formnovalidate>Deny</button></div></form>',
        provider=title,
        status=401 if wrong else 200,
    )


def ask_for_code(title: str, action: str, *, typed: str = "", wrong: str = "") -> HTMLResponse:
    """Return the page that asks for the code which a device shows."""
    code = _field(
        "Code",
        "user_code",
        typed,
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
        wrong=wrong,
        focus=True,
    )
    return issuer_page(
        "Connect a device",
        _alert(wrong)
        + f'<p>Type the code that the device shows.</p><form method="get" action="{escape(action)}">{code}'
        + '<div class="buttons"><button class="yes">Continue</button></div></form>',
        provider=title,
        status=400 if wrong else 200,
    )


def _alert(wrong: str) -> str:
    return f'<p class="wrong" id="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""


def _field(
    label: str, name: str, value: str = "", *, wrong: str = "", focus: bool = False, **attributes: str
) -> str:
    """Return a field with its label; what is wrong is told to those who cannot see it, too."""
    given = {"name": name, "id": name, "value": value, **attributes}
    if wrong:
        given |= {"aria-invalid": "true", "aria-describedby": "wrong"}
    told = "".join(f' {key}="{escape(text)}"' for key, text in given.items() if text)
    focused = " autofocus" if focus else ""
    return f'<label for="{escape(name)}">{escape(label)}</label><input{told} required{focused}>'


def _hidden(values: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in values.items()
    )
