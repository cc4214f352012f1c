"""Program text on its way into an interpreter, and what an interpreter loads before it."""

from __future__ import annotations

import os
from typing import Literal

from msgspec import Struct

Vector = Literal[
    "argument", "stdin", "descriptor", "environment", "url", "runner", "module-option", "memory", "planted"
]
"""How the text reached the interpreter (see docs/reference/terms.md)."""

NOTHING_TO_READ = "not run as long as there is nothing to read"
"""A snippet's note: the text of a loop over input, where the input is empty."""
EARLIER_RELEASES = "run by earlier releases; later ones refuse the line"
"""A snippet's note, where the release is not known."""

InterpreterClass = Literal["scripting", "shell", "embedded"]


class Snippet(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One piece of program text that an interpreter is made to run.

    ``text`` is None where it exists but was not seen (a pipe that no source captured, a URL); ``path`` stands beside or
    instead of it where a file in a volatile place is loaded, and where text is planted.
    """

    interpreter: str
    language: str
    vector: Vector
    argv_index: int | None = None
    """Index into argv of the word that holds the text (or that asks for it)."""
    offset: int = 0
    """Characters into that word (or that variable's value) at which the text begins."""
    variable: str | None = None
    descriptor: int | None = None
    path: str | None = None
    url: str | None = None
    text: str | None = None
    option: str = ""
    """The option that took the text, as given: ``-c``, ``--eval``; empty for operands and stdin."""
    note: str = ""
    execution: int | None = None
    """Index of the execution, where one answer speaks of several."""

    @property
    def data(self) -> bytes:
        """The text's own bytes (``b""`` where the text was not seen)."""
        return b"" if self.text is None else os.fsencode(self.text)

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of :attr:`data`."""
        import hashlib  # noqa: PLC0415 - a single command line is explained without it

        return hashlib.sha256(self.data).hexdigest()


def place(snippet: Snippet) -> str:
    """Return the name under which an execution's context speaks of the place that a snippet's text comes from."""
    if snippet.vector == "stdin" or snippet.descriptor == 0:
        return "stdin"
    if snippet.descriptor is not None:
        return f"descriptor.{snippet.descriptor}"
    return f"path.{snippet.path}" if snippet.vector == "descriptor" else f"argument.{snippet.argv_index}"


class Load(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A file that a variable or an option makes the interpreter load first: an observation, not a detection by itself."""

    interpreter: str
    path: str
    argv_index: int | None = None
    variable: str | None = None
    option: str = ""
