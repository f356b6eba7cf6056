"""Data that a test gives: read from objects and files, and described as collections."""
