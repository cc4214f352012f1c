"""``flycatcher guide``: what is at stake in an environment, and what to do next."""
