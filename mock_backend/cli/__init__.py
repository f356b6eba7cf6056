"""The command ``mock-backend``: one module for each subcommand, imported when it runs."""

from mock_backend.cli.command import main

__all__ = ["main"]
