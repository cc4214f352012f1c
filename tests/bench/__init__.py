"""Tests of what is measured, as far as they need no network."""
