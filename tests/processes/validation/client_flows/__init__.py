"""Usual code with the openeo Python client: each function builds one or several process graphs."""
