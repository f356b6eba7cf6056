"""What things cost, as ratios against peers: ``python -m benchmarks``."""
