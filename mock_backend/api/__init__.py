"""The openEO API: registers, one for each of its parts, their documents and what they have in common."""
