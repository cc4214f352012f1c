"""A process of its own for the analysis of hostile text, and the privileges that are given up."""
