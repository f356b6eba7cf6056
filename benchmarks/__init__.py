"""Costs as ratios against peers: ``python -m benchmarks``."""
