"""``flycatcher sinks``: what waits for the sinks, what they refused, and whether they can be reached."""
