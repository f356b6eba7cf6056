"""User-defined functions in Python: whether they can run, and running them.

Everything heavy (xarray, pandas, the openeo client's ``openeo.udf``) is imported when the first one runs.
"""
