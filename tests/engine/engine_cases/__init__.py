"""The cases of the engine: official examples of processes, and data cubes of given values."""
