"""The pages a person sees: plain HTML without scripts, so that a browser test can click through them."""

from collections.abc import Iterable, Mapping
from html import escape

from starlette.responses import HTMLResponse

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;background:#eef2f4;color:#1c2b33;margin:0}"
    "main{max-width:24rem;margin:8vh auto;background:#fff;border-radius:8px;padding:2rem;"
    "box-shadow:0 1px 6px #0002}h1{font-size:1.3rem;margin:0 0 1rem}label{display:block;margin:.8rem 0}"
    "input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem;border:1px solid #9ab;"
    "border-radius:4px}button{font:inherit;padding:.5rem 1.2rem;margin:1rem .5rem 0 0;border:1px solid;"
    "border-color:#1665a0;border-radius:4px;background:#fff;color:#1665a0;cursor:pointer}button.yes{background:#1665a0;color:#fff}"
    "ul{padding-left:1.2rem}.wrong{color:#a11;font-weight:600}small{color:#567}"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, content: str, *, status: int = 200) -> HTMLResponse:
    """Return a page.

    Args:
        title: Its title, as plain text.
        content: What is below the title, as HTML.
        status: The HTTP status.
    """
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}"
        "<p><small>This is an identity provider for tests.</small></p></main></body></html>",
        status_code=status,
        headers=_HEADERS,
    )


def message(title: str, text: str, *, status: int = 200) -> HTMLResponse:
    """Return a page that says something."""
    return page(title, f"<p>{escape(text)}</p>", status=status)


def consent(
    title: str,
    action: str,
    client: str,
    scope: Iterable[str],
    hidden: Mapping[str, str],
    *,
    user: str | None = None,
    wrong: str = "",
) -> HTMLResponse:
    """Return the page that asks somebody to log in, and to allow a client what it wants.

    Args:
        title: The provider's title.
        action: Where the answer goes.
        client: What the client is called.
        scope: What it wants.
        hidden: What the form brings along.
        user: Who is logged in already; None for nobody.
        wrong: What was wrong with the last answer.
    """
    wishes = "".join(f"<li>{escape(each)}</li>" for each in scope)
    if user is None:
        who = (
            '<label>User name<input name="username" autocomplete="username" required autofocus></label>'
            '<label>Password<input name="password" type="password" autocomplete="current-password" required>'
            "</label>"
        )
    else:
        who = f"<p>You are logged in as <strong>{escape(user)}</strong>.</p>"
    # "Deny" needs no log-in, so it does not ask the browser to check the fields.
    return page(
        f"Log in at {title}",
        (f'<p class="wrong">{escape(wrong)}</p>' if wrong else "")
        + f"<p><strong>{escape(client)}</strong> asks for:</p><ul>{wishes}</ul>"
        + f'<form method="post" action="{escape(action)}">{_hidden(hidden)}{who}'
        + '<button class="yes" name="decision" value="allow">Allow</button>'
        + '<button name="decision" value="deny" formnovalidate>Deny</button></form>',
        status=401 if wrong else 200,
    )


def ask_for_code(title: str, action: str, *, wrong: str = "") -> HTMLResponse:
    """Return the page that asks for the code which a device shows."""
    return page(
        f"Connect a device at {title}",
        (f'<p class="wrong">{escape(wrong)}</p>' if wrong else "")
        + f'<form method="get" action="{escape(action)}"><label>Code'
        + '<input name="user_code" autocomplete="off" required autofocus></label>'
        + '<button class="yes">Continue</button></form>',
        status=400 if wrong else 200,
    )


def _hidden(values: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in values.items()
    )
