"""Processes and process graphs: definitions, those of users, and validation."""

from mock_backend.processes.definitions import ProcessesRegister, UserProcessesRegister

__all__ = ["ProcessesRegister", "UserProcessesRegister"]
