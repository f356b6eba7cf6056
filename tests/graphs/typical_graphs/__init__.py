"""Ten typical process graphs, what is known of their results, and how such results are opened."""
