"""The words of a command: which program they start once wrappers are peeled, and what kind of program that is."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import TEMPORARY

if TYPE_CHECKING:
    from collections.abc import Sequence

SHELLS = frozenset(
    {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "ksh93", "csh", "tcsh", "fish", "rbash", "busybox-sh"}
)
WINDOWS_SHELLS = frozenset({"cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh", "pwsh.exe"})

_WRAPPERS: dict[str, tuple[str, int]] = {
    # options that take a value, and operands before the command
    "sudo": ("ugpCchrtTDR", 0),
    "doas": ("uC", 0),
    "env": ("uSC", 0),
    "nohup": ("", 0),
    "exec": ("a", 0),
    "command": ("", 0),
    "builtin": ("", 0),
    "setsid": ("", 0),
    "nice": ("n", 0),
    "ionice": ("cnp", 0),
    "timeout": ("ks", 1),
    "stdbuf": ("ioe", 0),
    "time": ("fo", 0),
    "xargs": ("IiLnPsadE", 0),
    "chroot": ("", 1),
    "unshare": ("", 0),
    "strace": ("eopsu", 0),
    "busybox": ("", 0),
    "toybox": ("", 0),
    "script": ("", 0),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def base(word: str) -> str:
    """Return a program's base name, without a version."""
    return posixpath.basename(word)


def unwrap(words: Sequence[str]) -> tuple[str, ...]:
    """Return the command under its wrappers (at most eight of them) and assignments."""
    rest = list(words)
    for _ in range(8):
        while rest and _ASSIGNMENT.match(rest[0]):
            rest.pop(0)
        if not rest or base(rest[0]) not in _WRAPPERS:
            break
        valued, operands = _WRAPPERS[base(rest[0])]
        following = rest[1:]
        while following and (following[0].startswith("-") or _ASSIGNMENT.match(following[0])):
            option = following.pop(0)
            if option == "--":
                break
            if len(option) == 2 and option[1] in valued and following:
                following.pop(0)
        following = following[operands:]
        if not following:
            break
        rest = following
    return tuple(rest)


def is_shell(word: str) -> bool:
    """Whether a word names a shell."""
    return base(word).lstrip("-") in SHELLS or base(word).lower() in WINDOWS_SHELLS


def interactive_shell(words: Sequence[str]) -> bool:
    """Whether the words start a shell that takes its commands from whoever is at the other end: no text, no script."""
    command = unwrap(words)
    if not command or not is_shell(command[0]):
        return False
    options = [word for word in command[1:] if word.startswith(("-", "+"))]
    operands = [
        word for word in command[1:] if not word.startswith(("-", "+", "<", ">")) and not re.match(r"\d*[<>]", word)
    ]
    if any(option == "-c" or (not option.startswith("--") and "c" in option[1:]) for option in options):
        return False
    return not operands


def shell_text(words: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the text of ``sh -c TEXT name args`` and its positional parameters; None for anything else."""
    command = unwrap(words)
    if not command or not is_shell(command[0]):
        return None
    for at, word in enumerate(command[1:], 1):
        if not word.startswith(("-", "+")) or word == "--":
            return None
        if not word.startswith("--") and "c" in word[1:]:
            operands = [w for w in command[at + 1 :] if w != "--" or at + 1 >= len(command)]
            return (operands[0], tuple(operands[2:])) if operands else None
    return None


_WRITABLE = re.compile(rf"{TEMPORARY}|(?:.*/)?\.[^./][^/]*$")
"""Paths in directories that anybody may write to, and hidden ones."""


def writable_program(word: str) -> bool:
    """Whether a program lies where anybody may write, or is hidden."""
    return "/" in word and _WRITABLE.match(word) is not None


def unusual_program(word: str) -> bool:
    """Whether a program is named by a path outside the directories that a package manager fills."""
    return word.startswith(("/", "./", "../", "~")) and not word.startswith(
        ("/bin/", "/sbin/", "/usr/", "/opt/", "/lib", "/snap/", "/nix/", "/gnu/", "/proc/self/exe", "/dev/")
    )
