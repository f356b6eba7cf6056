"""In-process runs of pytester forget what they import; half-forgotten libraries would break what follows."""

import openeo.rest.auth.config  # noqa: F401  # imported for good, before pytester takes its snapshot
import respx  # noqa: F401  # the same

import mock_backend.stores.tiny
import mock_backend.transports.live  # noqa: F401  # the same
