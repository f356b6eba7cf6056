"""The interpreter of process graphs, which computes data cubes by windows."""
