"""Given data in files."""
