"""Exports of results to workspaces, as the log of a job tells of them."""

from collections.abc import Iterator

from mock_backend.api.export_workspaces import Workspaces
from mock_backend.jobs.job import Job
from mock_backend.lifecycle.lines import Level


def export_lines(job: Job, count: int, workspaces: Workspaces | None) -> Iterator[tuple[Level, str]]:
    """Yield the lines of the log about the workspaces that a job exports its results to.

    Args:
        count: The number of files that it has written.
        workspaces: The workspaces there are; None if any may exist.
    """
    for node in job.nodes:
        workspace = node.arguments.get("workspace")
        if node.process_id != "export_workspace" or not isinstance(workspace, str):
            continue
        if workspaces is not None and not workspaces.has(job.user_id, workspace):
            yield "warning", f"Unknown workspace {workspace!r}; nothing is exported to it."
            continue
        merge = node.arguments.get("merge")
        below = f", below {merge!r}" if isinstance(merge, str) else ""
        files = "1 file" if count == 1 else f"{count} files"
        yield "info", f"Exported {files} to the workspace {workspace!r}{below}."
