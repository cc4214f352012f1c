"""Evaluates a program of :mod:`~flycatcher.core.payload.ir` with the values that are known, and records what it calls."""
