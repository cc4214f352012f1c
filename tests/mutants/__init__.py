"""Mutation tests: one change of the source at a time; a test has to notice. ``make mutants``."""
