"""Process definitions and process graphs."""

from mock_backend.processes.definitions.graph import Graph, GraphFault, Node, node_faults, walk
from mock_backend.processes.definitions.register import ProcessesRegister
from mock_backend.processes.definitions.user_defined import UserProcessesRegister

__all__ = ["Graph", "GraphFault", "Node", "ProcessesRegister", "UserProcessesRegister", "node_faults", "walk"]
