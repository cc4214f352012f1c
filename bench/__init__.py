"""Measurements: each module prints a Markdown table of ratios, taken in one run."""
