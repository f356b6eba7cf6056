"""Values that are made up: a landscape, and how sensors see it."""
