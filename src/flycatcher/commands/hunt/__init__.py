"""``flycatcher hunt``: find code on the fly in what was already logged."""
