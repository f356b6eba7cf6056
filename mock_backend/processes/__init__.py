"""Process definitions and process graphs."""

from mock_backend.processes.graph import Fault, Graph, Node, node_faults, walk
from mock_backend.processes.register import ProcessesRegister
from mock_backend.processes.user_defined import UserProcessesRegister

__all__ = ["Fault", "Graph", "Node", "ProcessesRegister", "UserProcessesRegister", "node_faults", "walk"]
