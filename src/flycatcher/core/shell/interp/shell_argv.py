"""What a shell's own command line makes it read (dash(1), bash(1), zsh(1), ksh(1))."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

_LONG_VALUES = frozenset({"--rcfile", "--init-file"})


class ShellRun(Struct, frozen=True):
    """Where a shell's commands come from, ``$0`` and the positional parameters."""

    mode: Literal["text", "stdin", "file", "none"]
    text: str
    name: str
    args: list[str]


def plan(argv: list[str]) -> ShellRun:
    """Read a shell's arguments. ``mode`` is none where it prints and exits, or lacks the text it asks for."""
    command = standard = False
    at = 1
    while at < len(argv):
        word = argv[at]
        if word in ("--", "-"):
            at += 1
            break
        if word[:1] not in ("-", "+") or len(word) < 2:
            break
        at += 1
        if word.startswith("--"):
            if word in ("--help", "--version"):
                return ShellRun("none", "", argv[0], [])
            at += word in _LONG_VALUES
            continue
        letters = word[1:]
        if word[0] == "-":
            command |= "c" in letters
            standard |= "s" in letters
        at += sum(letter in "oO" for letter in letters)
    rest = argv[at:]
    if command:
        if not rest:
            return ShellRun("none", "", argv[0], [])
        return ShellRun("text", rest[0], rest[1] if len(rest) > 1 else argv[0], rest[2:])
    if standard or not rest:
        return ShellRun("stdin", "", argv[0], rest)
    return ShellRun("file", rest[0], rest[0], rest[1:])
