"""Items of collections, and searching them (STAC API)."""
