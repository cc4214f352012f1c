"""Attestations: what a build executed, as an in-toto statement that can be signed and judged later.

:mod:`.trace` collects executions, :mod:`.materials` what went in and came out, :mod:`.statement` writes and reads the JSON,
:mod:`.sink` puts it into a file at the end of a run, :mod:`.policy` decides whether a build passes.
"""
