"""The shapes that each format's records have."""
