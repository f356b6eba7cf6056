"""PNG: pictures of data cubes."""
