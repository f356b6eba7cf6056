"""Process definitions and process graphs."""

from mock_backend.processes.definitions.graph import Fault, Graph, Node, node_faults, walk
from mock_backend.processes.definitions.register import ProcessesRegister
from mock_backend.processes.definitions.user_defined import UserProcessesRegister

__all__ = ["Fault", "Graph", "Node", "ProcessesRegister", "UserProcessesRegister", "node_faults", "walk"]
