"""Programs' names that are written as a pattern."""

from __future__ import annotations

from functools import cache

from flycatcher.core.interpreters.names import BOURNE, base, entry_of, words_in_variables
from flycatcher.core.shell.expand.patterns import matches
from flycatcher.core.unknown import UNKNOWN

_FOLDERS = ("/bin", "/usr/bin", "/usr/local/bin")
_TOOLS = ("nc", "curl", "wget", "cat", "base64")


@cache
def _common_paths() -> tuple[str, ...]:
    """Return the paths of programs that attacks start; of several that fit a pattern, the first is meant."""
    names = dict.fromkeys([*BOURNE[:2], "dash", "python3", *words_in_variables(), *_TOOLS])
    return tuple(f"{folder}/{name}" for folder in _FOLDERS for name in names)


def without_gaps(program: str) -> str:
    """Return the interpreter that is meant where nothing of its name is missing but expansions, which may be empty: ``pe$@rl``."""
    name = base(program)
    if UNKNOWN not in name.strip(UNKNOWN):
        return program
    whole = name.replace(UNKNOWN, "")
    return whole if entry_of(whole) is not None else program


def by_pattern(program: str) -> str:
    """Return the well-known program that a pattern such as ``/???/b??h`` finds, else the program as written."""
    if ("*" not in program and "?" not in program and "[" not in program) or len(program) > 200:
        return program
    for candidate in _common_paths() if "/" in program else ():
        if candidate.count("/") == program.count("/") and matches(program, candidate):
            return candidate
    return program
