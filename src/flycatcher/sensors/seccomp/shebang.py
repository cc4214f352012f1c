"""The first line of a script, read as the kernel reads it.

Source: fs/binfmt_script.c (load_script) and exec_binprm() in fs/exec.c, Linux 5.1 and later: the first 256 bytes count,
one optional argument that may hold blanks, at most five interpreters in a row.
"""

from __future__ import annotations

from typing import NamedTuple

HEAD = 256
"""BINPRM_BUF_SIZE (include/uapi/linux/binfmts.h)."""
LEVELS = 5
BLANKS = b" \t"


class Shebang(NamedTuple):
    """What a script's first line asks for."""

    interpreter: bytes
    argument: bytes | None


def read_shebang(head: bytes) -> Shebang | None:
    """Read the first bytes of a file; None where the kernel answers ENOEXEC."""
    buffer = head[:HEAD].ljust(HEAD, b"\0")
    if not buffer.startswith(b"#!"):
        return None
    end = buffer.find(b"\n")
    nul = buffer.find(b"\0")
    if end < 0 or 0 <= nul < end:
        start = _skip(buffer, 2, HEAD)
        if start == HEAD or _terminator(buffer, start, HEAD) == HEAD:
            return None  # nothing but blanks, or a name that may have been cut
        end = HEAD - 1
    line = buffer[2:end].rstrip(BLANKS)
    start = _skip(line, 0, len(line))
    if start == len(line):
        return None
    stop = _terminator(line, start, len(line))
    name = line[start:stop]
    argument = None
    if stop < len(line) and line[stop : stop + 1] != b"\0":
        argument = line[_skip(line, stop, len(line)) :].split(b"\0")[0]
    return Shebang(name, argument)


def _skip(data: bytes, start: int, end: int) -> int:
    """Return the place of the first byte that is not a blank."""
    while start < end and data[start] in BLANKS:
        start += 1
    return start


def _terminator(data: bytes, start: int, end: int) -> int:
    """Return the place of the first blank or NUL."""
    while start < end and data[start] not in BLANKS and data[start] != 0:
        start += 1
    return start
