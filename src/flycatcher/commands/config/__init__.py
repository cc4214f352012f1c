"""``flycatcher config``: the configuration, as it is read."""
