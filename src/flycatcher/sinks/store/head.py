"""The revision that a store is brought to (a module of its own, which needs no SQLAlchemy)."""

HEAD = "0003"
"""The last one of :mod:`.migrations`; it makes the tables of :mod:`.schema`."""
