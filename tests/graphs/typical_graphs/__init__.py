"""Ten typical process graphs, what their results are, and how such results are opened."""

from typical_graphs.facts import Number, Raster, Table
from typical_graphs.graphs import FIELDS, GRAPHS
from typical_graphs.opening import UNNAMED, open_all

__all__ = ["FIELDS", "GRAPHS", "UNNAMED", "Number", "Raster", "Table", "open_all"]
