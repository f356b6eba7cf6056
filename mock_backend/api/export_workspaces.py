"""Workspaces, as far as the results of jobs can be exported to them."""

from typing import Protocol


class Workspaces(Protocol):
    """The workspaces of users."""

    def has(self, user_id: str, workspace_id: str) -> bool:
        """Tell whether a user has a workspace of an id."""
