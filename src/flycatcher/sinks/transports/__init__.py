"""Where the bytes of a report go."""
