"""Sources: the values of data cubes, computed when windows of them are read."""
