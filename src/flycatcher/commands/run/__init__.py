"""``flycatcher run``: everything that one command starts."""
