"""Data that process graphs load."""
