"""Text that lies in a process's own memory and is read through procfs: its environment, its words, its name.

Source: proc(5); fs/proc/base.c (environ_read, get_mm_cmdline), fs/exec.c (begin_new_exec sets comm).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_OWN = lazy(r"/proc/(self|thread-self|\d+)/(environ|cmdline|comm)")
_COMM = 15
"""Bytes of a process's name (TASK_COMM_LEN without the NUL)."""


def procfs_text(path: str, execution: Execution) -> str | None:
    """Return what reading an absolute path below /proc gives the program that is started; None where that is not known."""
    match = _OWN.fullmatch(path)
    if match is None or not (match[1].endswith("self") or _is_own(match[1], execution)):
        return None
    if match[2] == "environ":
        return "".join(f"{name}={value}\0" for name, value in execution.env.items()) or None
    if match[2] == "cmdline":
        return "".join(f"{word}\0" for word in execution.argv)
    name = (execution.exe or execution.argv[0]).rpartition("/")[2]
    return name.encode(errors="surrogateescape")[:_COMM].decode(errors="surrogateescape") + "\n"


def _is_own(number: str, execution: Execution) -> bool:
    """Whether a process's number is that of the program itself."""
    return execution.process is not None and execution.process.pid == int(number)
