"""``flycatcher report audit``: what was watched, what was found and what became of it, each figure with its query."""
