"""``flycatcher console``: pages over the store, in a browser."""
