"""``flycatcher watch``: everything that a host starts."""
