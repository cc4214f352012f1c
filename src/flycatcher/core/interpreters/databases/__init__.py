"""Clients of databases, whose commands start programs."""
