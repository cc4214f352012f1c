"""Lisps and Schemes."""
