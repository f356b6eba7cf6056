"""STAC documents of results."""
