"""Checks of process graphs before they are processed."""

from mock_backend.processes.validation.problems import RULES, Problem
from mock_backend.processes.validation.register import Leniency, ValidationRegister

__all__ = ["RULES", "Leniency", "Problem", "ValidationRegister"]
