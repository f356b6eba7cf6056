"""Values that stand in for those of a real back-end: a landscape with seasons, the same for everybody."""
