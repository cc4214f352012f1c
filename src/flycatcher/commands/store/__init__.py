"""``flycatcher store``: keep detections, search them, export them."""
