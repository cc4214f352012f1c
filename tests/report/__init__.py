"""``flycatcher report``."""
