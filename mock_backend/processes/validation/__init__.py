"""Whether a process graph can be processed, and if not, why."""

from mock_backend.processes.validation.problems import RULES, Problem
from mock_backend.processes.validation.register import Leniency, ValidationRegister

__all__ = ["RULES", "Leniency", "Problem", "ValidationRegister"]
