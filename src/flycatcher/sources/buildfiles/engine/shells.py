"""Which program a written shell, or a ``#!`` line, comes down to: ``/usr/bin/env -S bash -eu`` is bash."""

from __future__ import annotations

from functools import lru_cache

from flycatcher.core.interpreters.names import grammar_of
from flycatcher.core.launchers.unwrap import unwrap_all

_LONGEST = 256
"""Characters of a ``#!`` line that are looked at: the kernel's own buffer."""


@lru_cache(maxsize=1024)
def program_of(line: str) -> str:
    """Return the program that a line starts once its launchers are followed; empty where the line is."""
    return next(iter(words_of(line)), "")


def words_of(line: str) -> list[str]:
    """Return the command that a line starts once its launchers are followed; nothing where the line is empty."""
    return next((command.words for command, last in unwrap_all(line.split()) if last), [])


def grammar_of_line(line: str) -> str:
    """Return the grammar in which the shell that a line starts reads its text; empty for another program."""
    return grammar_of(program_of(line))


def words_of_shebang(text: str, script: str) -> list[str]:
    """Return the command that a text's ``#!`` line starts, the script's name behind it; nothing for a text without one."""
    if not text.startswith("#!"):
        return []
    line = text[2:_LONGEST].partition("\n")[0].strip()
    return words_of(f"{line} {script}") if line else []


def program_of_shebang(text: str) -> str:
    """Return the program that a text's ``#!`` line starts; empty for a text without one."""
    return next(iter(words_of_shebang(text, "script")), "")
