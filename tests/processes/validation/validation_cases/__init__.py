"""Process graphs, good and bad, with everything that is wrong with them."""
