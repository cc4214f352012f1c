"""``flycatcher simulate``: harmless techniques, and whether anybody sees them here."""
