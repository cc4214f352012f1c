"""Readers of syntax that several languages share."""
