"""Processes of data cubes, a module for those of a kind."""
