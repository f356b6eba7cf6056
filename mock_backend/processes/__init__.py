"""Process definitions and process graphs."""

from mock_backend.processes.graph import Graph, Node, check_process, graph_errors, walk
from mock_backend.processes.register import ProcessesRegister

__all__ = ["Graph", "Node", "ProcessesRegister", "check_process", "graph_errors", "walk"]
