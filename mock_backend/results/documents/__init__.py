"""Results of a job: STAC documents, assets, signed URLs."""
