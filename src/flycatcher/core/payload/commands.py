"""The words of a command: which commands they start through launchers, and what kind of program each is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.names import is_shell
from flycatcher.core.launchers.command import Stdin
from flycatcher.core.payload.conditions import OPEN_FILE, TEMPORARY
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import StdinKind
    from flycatcher.core.interpreters.shells.run import ShellRun

__all__ = [
    "Command",
    "commands",
    "innermost",
    "interactive_shell",
    "is_shell",
    "shell_text",
    "unusual_program",
    "writable_program",
]

_ASSIGNMENT = lazy(r"[A-Za-z_]\w*=")
_REDIRECTION = lazy(r"\d*[<>]")


class Command(NamedTuple):
    """One command that words start."""

    words: tuple[str, ...]
    last: bool
    """It starts no other."""
    stdin: Stdin | None
    """What it reads, where that is not what the words' own command reads."""


@lru_cache(maxsize=4096)
def commands(words: tuple[str, ...], stdin_text: str | None = None) -> tuple[Command, ...]:
    """Return the words' command without assignments before it, then every one that it starts through launchers.

    ``stdin_text``: what waits on its standard input, None where that is not known.
    """
    from flycatcher.core.launchers.unwrap import unwrap_all  # noqa: PLC0415 - most texts start no command

    kind: StdinKind = "unknown" if stdin_text is None else "pipe"
    stdin = Stdin(kind, stdin_text)
    return tuple(
        Command(tuple(command.words), last, None if command.stdin is stdin else command.stdin)
        for command, last in unwrap_all(_without_assignments(words), stdin=stdin, builtins=True)
    )


def innermost(words: Sequence[str]) -> tuple[str, ...]:
    """Return the first command that starts no other one; empty where there is none."""
    return next((command.words for command in commands(tuple(words)) if command.last), ())


def _without_assignments(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words from the program's name on."""
    at = 0
    while at < len(words) and _ASSIGNMENT.match(words[at]):
        at += 1
    return words[at:]


@lru_cache(maxsize=4096)
def _run(words: tuple[str, ...]) -> ShellRun | None:
    """Return what a shell's command line makes it read; None for another program."""
    if not words or not is_shell(words[0]):
        return None
    from flycatcher.core.interpreters.shells.run import shell_run  # noqa: PLC0415 - most programs are no shell

    return shell_run(Execution(argv=words))


def interactive_shell(words: Sequence[str]) -> bool:
    """Whether words start a shell that reads its commands from the connection on its descriptors: no text, no script."""
    own = tuple(word for word in words if not _REDIRECTION.match(word))
    return any(
        command.last and (run := _run(command.words)) is not None and run.mode == "stdin" for command in commands(own)
    )


def shell_text(words: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the text of ``sh -c TEXT name args`` and its positional parameters; None for anything else."""
    run = _run(tuple(words))
    return (run.text, tuple(run.args)) if run is not None and run.mode == "text" else None


_WRITABLE = lazy(rf"{OPEN_FILE}|{TEMPORARY}(?:.*/)?\.[^./]|(?:.*/)?\.[^./][^/]*$")
"""Paths in directories that anybody may write to, and hidden ones; not those in a folder of somebody's own in there."""


def writable_program(word: str) -> bool:
    """Whether a program lies where anybody may write, or is hidden."""
    return "/" in word and _WRITABLE.match(word) is not None


def unusual_program(word: str) -> bool:
    """Whether a program is named by a path outside the directories that a package manager fills."""
    return word.startswith(("/", "./", "../", "~")) and not word.startswith(
        ("/bin/", "/sbin/", "/usr/", "/opt/", "/lib", "/snap/", "/nix/", "/gnu/", "/proc/self/exe", "/dev/")
    )
