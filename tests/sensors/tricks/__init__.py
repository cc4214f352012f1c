"""Tricks against a supervised build, each with a harmless marker."""
