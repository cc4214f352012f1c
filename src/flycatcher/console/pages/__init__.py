"""One page a file: the address, who may see it, and what is on it."""
