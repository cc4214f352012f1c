"""How Linux starts a script: the ``#!`` line, and the argument list that its interpreter gets.

Source: fs/binfmt_script.c (load_script), fs/exec.c (exec_binprm, prepare_binprm), include/uapi/linux/binfmts.h
(BINPRM_BUF_SIZE), Linux 5.1 and later; tests compare this with the running kernel.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flycatcher.core.interpreters.identity.env import env_command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

BINPRM_BUF_SIZE = 256
"""Bytes of the file that the kernel looks at (128 before Linux 5.1)."""
MAX_SCRIPTS = 5
"""Scripts in a chain before exec_binprm() gives up with ELOOP: its sixth round must find a program."""
_BLANK = b" \t"


class Shebang(Struct, frozen=True):
    """A ``#!`` line as the kernel reads it."""

    interpreter: bytes
    """The path, at most 253 bytes; empty where the line names none before a NUL (execve then fails with ENOENT)."""
    argument: bytes | None
    """The one argument: everything behind the path, with inner blanks and without outer ones; None where there is none.

    It is empty where the file ends behind a blank: the kernel's buffer is filled up with NULs, which are no blanks.
    """
    truncated: bool = False
    """The line is longer than the kernel's buffer, so the argument may have lost its end."""


def read_shebang(head: bytes) -> Shebang | None:
    """Read the first line of a file (``head``: at least its first 256 bytes, or all of it) as load_script() does.

    None: not a script to the kernel (execve fails with ENOEXEC, and shells then run the file themselves).
    """
    if head[:2] != b"#!":
        return None
    buffer = head[:BINPRM_BUF_SIZE].ljust(BINPRM_BUF_SIZE, b"\0")
    end = buffer.find(b"\n")
    cut = end < 0
    if cut:
        path = buffer[2:].lstrip(_BLANK)
        if not any(byte in b" \t\0" for byte in path):
            return None  # the path itself may be cut off: refused
        end = BINPRM_BUF_SIZE - 1
    line = buffer[2:end].rstrip(_BLANK).lstrip(_BLANK)
    if not line:
        return None
    name, blank, argument = _first_word(line)
    text = argument.lstrip(_BLANK).split(b"\0")[0] if blank else None
    return Shebang(name, text, truncated=cut and b"\0" not in head[2:BINPRM_BUF_SIZE] and len(head) > end)


def _first_word(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Split at the first blank or NUL; the second part is empty where a NUL ends the string."""
    for index, byte in enumerate(line):
        if byte == 0:
            return line[:index], b"", b""
        if byte in _BLANK:
            return line[:index], b" ", line[index:]
    return line, b"", b""


class Resolution(Struct, frozen=True):
    """What really runs when a path is executed."""

    path: str
    """The program that gets control: the last interpreter in the chain (a bare name where ``env`` looks it up in PATH)."""
    argv: tuple[str, ...]
    """The argument list that it gets."""
    chain: tuple[Shebang, ...]
    """The ``#!`` lines followed, outermost first."""
    error: Literal["", "ELOOP", "ENOENT", "ENOEXEC"] = ""
    """Why the execution fails, where it does: too many scripts in scripts, an interpreter that cannot be opened."""
    env: tuple[str, ...] = ()
    """``NAME=value`` assignments made by an ``env`` on the way."""


def resolve_script(
    path: str,
    argv: Sequence[str],
    open_: Callable[[str], bytes | None],
    environ: Mapping[str, str] | None = None,
) -> Resolution:
    """Follow ``#!`` lines from ``path`` as execve does, then one ``env`` as env(1) does.

    ``open_`` returns the first 256 bytes of a file, None where it cannot be opened. ``environ`` is what ``${NAME}`` in
    ``env -S`` expands from. A first file without ``#!`` is returned as it is.
    """
    words = list(argv)
    chain: list[Shebang] = []
    head = open_(path)
    while head is not None:
        shebang = read_shebang(head)
        if shebang is None:
            break
        if len(chain) == MAX_SCRIPTS:
            return Resolution(path, tuple(words), tuple(chain), "ELOOP")
        chain.append(shebang)
        before = [shebang.interpreter] if shebang.argument is None else [shebang.interpreter, shebang.argument]
        words = [word.decode("utf-8", "surrogateescape") for word in before] + [path, *words[1:]]
        path = words[0]
        head = open_(path)
    if head is None:
        return Resolution(path, tuple(words), tuple(chain), "ENOENT")
    if chain and posixpath.basename(path) == "env":
        command = env_command(words, environ)
        if command is not None:
            return Resolution(command.program, command.argv, tuple(chain), env=command.assignments)
    return Resolution(path, tuple(words), tuple(chain))
