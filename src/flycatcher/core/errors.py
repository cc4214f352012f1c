"""The one family of errors that the command line shows to a person instead of a traceback."""

from __future__ import annotations

DETECTED = 10
"""The exit code for detections at or above ``--fail-on``."""


class FlycatcherError(Exception):
    """Something the user can mend. ``hint`` says how; ``code`` is the exit code (1 error, 2 usage, 3 nothing to read)."""

    code = 1

    def __init__(self, message: str, *, hint: str = "", code: int | None = None) -> None:
        """Keep the sentence, the way out and the exit code."""
        super().__init__(message)
        self.hint = hint
        if code is not None:
            self.code = code
