"""Walks the syntax tree with the values that are known, and collects the programs that it starts."""
