"""The core: from an execution to a detection.

Pure: no clock, no global state, and no I/O but the look into a file that :mod:`.interpreters.identity` takes.
"""
