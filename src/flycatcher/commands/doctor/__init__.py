"""``flycatcher doctor``: what this machine can do."""
