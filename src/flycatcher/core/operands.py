"""Which paths does a program run or load? What a source is to look at before an execution is judged."""

from __future__ import annotations

from msgspec.structs import replace

from flycatcher.core import interpreters
from flycatcher.core.execution import Execution, FileFact

MAX_PATHS = 64
"""Paths of one execution that are named; a line that names more has its first ones looked at."""


class _Asked(dict[str, FileFact]):
    """Knows nothing, and notes what it is asked for."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        super().__init__()
        self.names: dict[str, None] = {}

    def __bool__(self) -> bool:
        """Return True: it wants to be asked."""
        return True

    def get(self, name: str, default: object = None) -> None:  # type: ignore[override]
        """Note a path."""
        del default
        if len(self.names) < MAX_PATHS:
            self.names[name] = None


def paths_read(execution: Execution) -> tuple[str, ...]:
    """Return the paths that the reading of an execution turns on, in order: of the program, and of what is loaded first.

    Where the working folder is known they are absolute, whatever other folder the line changes to. Nothing is opened.
    """
    asked = _Asked()
    reading = interpreters.read(replace(execution, files=asked))
    if reading is None:
        return ()
    whole = execution.cwd.startswith("/")
    return tuple(name for name in asked.names if name.startswith("/") or not whole)
