"""``flycatcher respond``: the first ten minutes after a detection: what to do, and the evidence kept."""
