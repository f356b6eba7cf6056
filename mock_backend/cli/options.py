"""Options that several subcommands have, and values: each is read by a function that raises ValueError."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from mock_backend.durations import to_timedelta
from mock_backend.lifecycle import JobPlan
from mock_backend.profiles import PROFILES


class Text(click.ParamType):  # type: ignore[type-arg]  # older versions of click are not generic
    """A text that a function reads; what that raises is told to the user."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value."""
        try:
            return self._read(value) if isinstance(value, str) else value
        except (TypeError, ValueError) as error:
            self.fail(str(error), param, ctx)


def profile_option(text: str) -> Callable[..., Any]:
    """Return the option that names a profile."""
    return click.option(
        "--profile", type=click.Choice(list(PROFILES)), metavar="NAME", help=text.format(", ".join(PROFILES))
    )


def output_option(text: str) -> Callable[..., Any]:
    """Return the option that names the folder to write."""
    kind = click.Path(file_okay=False, path_type=Path)
    return click.option("-o", "--output", "folder", type=kind, required=True, help=text)


def user_option(text: str, *, multiple: bool = False) -> Callable[..., Any]:
    """Return the option that names accounts."""
    return click.option("--user", type=Text("name:password", account), multiple=multiple, help=text)


def port(text: str) -> int:
    """Read a port."""
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError(f"A port must be a number from 0 to 65535, got {text!r}.")
    return int(text)


def pair(text: str, separator: str, form: str) -> tuple[str, str]:
    """Read two texts, e.g. a name and a password; the error tells the form, with an example."""
    first, _, second = text.partition(separator)
    if not first or not second:
        raise ValueError(f"{form}, not {text!r}.")
    return first, second


#: Reads the name and the password of an account.
account = partial(pair, separator=":", form="An account is NAME:PASSWORD, e.g. alice:secret")
#: Reads the id and the secret of an OpenID Connect client.
client = partial(pair, separator=":", form="A client is ID:SECRET, e.g. robot:hush")


def issuer(text: str) -> tuple[str, str]:
    """Read the id and the URL of an OpenID Connect issuer."""
    form = "An issuer is ID=URL, e.g. egi=http://127.0.0.1:8081/oidc"
    name, url = pair(text, "=", form)
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{form}, not {text!r}.")
    return name, url


def job_time(text: str) -> JobPlan:
    """Read how long jobs take, a fifth of it in the queue."""
    time = to_timedelta(text)
    return JobPlan(queued=time / 5, running=time * 4 / 5)


def plan(text: str) -> JobPlan:
    """Read a plan: ``queued=30s,running=10m``, or a JSON object."""
    form = 'A plan is like queued=30s,running=10m,fails_at=0.5, or JSON such as {"running": "10m"}'
    if text.lstrip().startswith("{"):
        try:
            members = json.loads(text)
        except ValueError as error:
            raise ValueError(f"{form}; {error}: {text!r}.") from None
    else:
        members = dict(pair(part.strip(), "=", form) for part in text.split(","))
        members = {name: _number(value) if name == "fails_at" else value for name, value in members.items()}
    try:
        return JobPlan(**members)
    except TypeError as error:
        raise ValueError(str(error).replace("JobPlan.__init__() got an", "JobPlan:")) from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"fails_at must be a number from 0 to 1, got {text!r}.") from None
