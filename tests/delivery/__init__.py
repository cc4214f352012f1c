"""Sinks with a guarantee: spool, lanes, formats, transports."""
