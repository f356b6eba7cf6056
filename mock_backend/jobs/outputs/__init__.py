"""Outputs of batch jobs: results, documents, downloads."""
