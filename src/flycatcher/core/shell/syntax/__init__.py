"""Shell text to a syntax tree."""
