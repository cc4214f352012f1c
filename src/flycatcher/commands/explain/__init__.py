"""``flycatcher explain``: a saved record, explained."""
