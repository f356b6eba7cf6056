"""The command line: its subcommands, and which module runs each."""

import argparse
from collections.abc import Sequence

from mock_backend.cli import run, serve
from mock_backend.settings import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="mock-backend", description="An openEO back-end for tests and demos."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="run a two-hour batch job in milliseconds and print its timeline")
    serve.add_arguments(commands.add_parser("serve", help="serve a back-end over HTTP until Ctrl-C"))
    run.add_arguments(
        commands.add_parser("run", help="run a script or notebook as it is, against back-ends in its process")
    )
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from mock_backend.cli.demo import run_demo

        run_demo()
        return 0
    if options.command == "run":
        return run.run(options)
    return serve.run(options, parser)
