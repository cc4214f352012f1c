"""Flycatcher catches code on the fly: program text that an interpreter is made to run without a script file."""

__version__ = "0.1.0"
