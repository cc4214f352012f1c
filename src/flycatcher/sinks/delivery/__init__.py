"""Delivery with a guarantee: the spool, a lane per sink, retries, dead letters, grouping."""
