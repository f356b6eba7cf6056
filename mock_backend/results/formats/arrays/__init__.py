"""Formats of arrays with named dimensions."""
