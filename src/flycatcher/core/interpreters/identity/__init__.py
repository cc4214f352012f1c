"""Which interpreter a file is, by its content."""
