"""How a command is supervised."""

from __future__ import annotations

from typing import NamedTuple


class Supervision(NamedTuple):
    """How to run."""

    stdin_wait: float = 0.2
    """Seconds that an execution may be held for the text on its stdin."""
    wait_all: bool = False
    """Go on until the last process of the tree has ended, not only the command."""
    denies: bool = False
    """Detections may be refused; what cannot be read is refused, too."""
    enforces: bool = False
    """Fail closed: calls that reach the supervisor are refused, and the tree ends with its supervisor."""
