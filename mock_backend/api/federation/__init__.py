"""A back-end made of several, as openeo-aggregator makes one of the back-ends of openEO Platform.

Source of what it does: ``src/openeo_aggregator/backend.py`` of openeo-aggregator 0.50, at
https://github.com/Open-EO/openeo-aggregator.
"""

from mock_backend.api.federation.catalogue import (
    FederatedCapabilities,
    FederatedCollections,
    FederatedProcesses,
    FederatedUserProcesses,
    FederatedValidation,
)
from mock_backend.api.federation.jobs import FederatedJobs
from mock_backend.api.federation.upstreams import Federation

#: Registers in place of those of other back-ends.
REGISTERS = (
    FederatedCapabilities,
    FederatedCollections,
    FederatedProcesses,
    FederatedUserProcesses,
    FederatedValidation,
    FederatedJobs,
)

__all__ = ["REGISTERS", "Federation"]
