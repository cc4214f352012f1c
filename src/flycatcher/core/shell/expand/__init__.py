"""Expansion of words: parameters, arithmetic, braces, patterns."""
