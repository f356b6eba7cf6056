"""Made-up nature: terrain, seasons, clouds; the same for all sensors, and on all machines.

It knows neither bands nor grids, see ``sensors``. It imports NumPy, so it is imported where values are
computed only.
"""
