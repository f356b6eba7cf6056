"""The command ``mock-backend``: one module for each subcommand, imported when it runs."""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from mock_backend.settings import VERSION

__all__ = ["main"]

#: The module of each subcommand, which has a command of the same name.
_COMMANDS = ("demo", "record", "run", "serve", "snapshot")


class _Commands(click.Group):
    """Subcommands that cost nothing until they are wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return their names."""
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Return the subcommand of a name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mock_backend.cli.{cmd_name}"), cmd_name)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "MOCK_BACKEND"},
)
@click.version_option(VERSION, prog_name="mock-backend")
def _commands() -> None:
    """An openEO back-end for tests, demos and lessons."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit status.
    """
    given = None if arguments is None else [*arguments]
    try:
        status = _commands.main(given, prog_name="mock-backend", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        sentence = " ".join(error.format_message().split())
        print(f"mock-backend: {sentence}", file=sys.stderr)
        return error.exit_code
    except click.Abort:
        return 130
    return status if isinstance(status, int) else 0
