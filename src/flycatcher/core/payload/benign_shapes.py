"""Benign shapes by structure: payloads that only compute and print.

A payload has a benign shape when *every* name that it calls or reads is on a list of pure or read-only names and nothing
else happens. Nothing that a payload adds can make it more benign: whatever is not on a list takes the shape away.
"""

from __future__ import annotations

from flycatcher.core.payload.names import PURE_CALLS, PURE_ROOTS


class ShapeObserver:
    """Watches one layer for anything that is not pure."""

    def __init__(self, language: str) -> None:
        """Start with nothing seen."""
        self.pure = PURE_CALLS.get(language, frozenset())
        self.roots = PURE_ROOTS.get(language, ())
        self.spoiled = language not in PURE_CALLS
        self.imports = 0
        self.calls = 0

    def called(self, name: str) -> None:
        """Take a call."""
        if self.spoiled:
            return
        if name == "import":
            self.imports += 1
            return
        self.calls += 1
        tail = "*." + name.rpartition(".")[2]
        if name not in self.pure and tail not in self.pure and not name.startswith(self.roots or ("\0",)):
            self.spoiled = True

    def used(self, name: str) -> None:
        """Take a reading of a name: reading does no harm, and whatever is secret in it has a rule of its own."""

    def name(self) -> str:
        """Return the shape's name, empty for none."""
        if self.spoiled:
            return ""
        if self.calls:
            return "pure computation printed to stdout"
        return "import probe" if self.imports else "constant expression"
