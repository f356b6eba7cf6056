"""Jobs of our back-ends, and connections to servers that are not ours."""

import openeo
import pytest
from openeo.rest.auth.auth import BasicBearerAuth


@pytest.fixture
def create_job(graph):
    """Create a job at a back-end, by a connection of its own."""

    def create(backend, **members):
        return backend.connect().create_job({"process_graph": graph}, validate=False, **members)

    return create


@pytest.fixture
def connect_to():
    """Connect the openeo client to a server that is not ours."""

    def connect(server, **options):
        connection = openeo.connect(server.url, **options)
        connection.auth = BasicBearerAuth("foreign")
        return connection

    return connect
