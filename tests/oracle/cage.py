"""Keep the oracle's programs from writing outside its own folder.

Random command lines edit files in place (``perl -pi``), and an operand may be any path: as root such a line replaces system
files. Landlock (linux/landlock.h, Linux 5.13 and later) takes writing away from a thread and from all that it starts.
"""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
"""System call numbers, the same on every architecture."""
_VERSION_FLAG, _PATH_BENEATH, _NO_NEW_PRIVS = 1, 1, 38
_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
_WRITES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""WRITE_FILE, REMOVE_DIR, REMOVE_FILE and all MAKE_*, which every version knows."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/pts", "/dev/ptmx")


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def confine(folder: Path) -> None:
    """Let this thread, and what it starts, write below the folder and to terminals only.

    Raises :class:`RuntimeError` for root on a kernel that cannot do it: nothing would hold a random line back there.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    if version < 1:
        if os.geteuid() == 0:
            raise RuntimeError("the oracle runs random command lines: as root it needs a kernel with Landlock")
        return
    truncates = _TRUNCATE if version >= 3 else 0
    writes = _WRITES | truncates | (_REFER if version >= 2 else 0)
    rules = _Ruleset(writes)
    ruleset = libc.syscall(_CREATE, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), ctypes.c_uint32(0))
    try:
        for path, access in [(str(folder), writes), *((device, _WRITE_FILE | truncates) for device in _DEVICES)]:
            _allow(libc, ruleset, path, access)
        libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.syscall(_RESTRICT, ruleset, ctypes.c_uint32(0)) != 0:
            raise RuntimeError(f"landlock_restrict_self: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    """Allow writing below a path, where it exists."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = _Beneath(access, opened)
        if libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0)) != 0:
            raise RuntimeError(f"landlock_add_rule {path}: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(opened)
