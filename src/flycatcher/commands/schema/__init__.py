"""``flycatcher schema``: the JSON Schemas of what the other commands write."""
