"""``flycatcher baseline``: what a build normally runs, merged, compared, accepted."""
