"""What a path in a word says about where text comes from: a descriptor, a URL, or a place that anyone may write to."""

from __future__ import annotations

import posixpath
import re

_DESCRIPTOR = re.compile(r"/proc/(?:self|thread-self|\d+)/fd/(0|[1-9]\d{0,8})$")
_NAMES_DESCRIPTOR = re.compile(r"(?:\d|/?std(?:in|out|err))$")
_PROCESS = re.compile(r"/proc/(?:self|thread-self|\d+)")
_DEVICES = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1",
            "/dev/stderr": "/proc/self/fd/2"}  # fmt: skip
_ANY_PROCESS = re.compile(r"/proc/\d+/fd/")
_COMPONENTS = 256
"""Of a path, links followed: the kernel takes 40 links and 4096 bytes."""
_VOLATILE = re.compile(r"/(?:tmp|var/tmp|dev/shm|run/shm)/|/memfd:")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def _absolute(path: str, cwd: str) -> str:
    """Return the path as the kernel would walk it, through the links that every system has below /dev and /proc.

    Source: Linux, Documentation/filesystems/proc.rst.
    """
    full = posixpath.join(cwd or "/", path)
    if "/dev/" in full or "/proc/" in full:
        return _walked(full.split("/"), cwd or "/")
    full = posixpath.normpath(full)
    return full[1:] if full.startswith("//") else full


def _walked(names: list[str], cwd: str) -> str:
    """Walk a path's names from the root."""
    at = ""
    rest = names[::-1]
    for _ in range(_COMPONENTS):
        if not rest:
            break
        name = rest.pop()
        if name in ("", "."):
            continue
        at = at.rpartition("/")[0] if name == ".." else f"{at}/{name}"
        if at in _DEVICES:
            at = _DEVICES[at]
        elif name in ("root", "cwd") and _PROCESS.fullmatch(at.rpartition("/")[0]):
            at, target = "", "" if name == "root" else cwd
            rest += target.split("/")[::-1]
        elif at.endswith(f"/task/{name}") and _PROCESS.fullmatch(at.rpartition("/task/")[0]):
            at = at.rpartition("/task/")[0] if name.isdigit() else at
    return at or "/"


def descriptor_of(path: str, cwd: str = "") -> int | None:
    """Return the descriptor that a path names (/dev/fd/N, /proc/self/fd/N, /dev/stdin), None for other paths."""
    if not path or _NAMES_DESCRIPTOR.search(path) is None:
        return None
    if "/" not in path and not cwd.startswith(("/dev", "/proc")):
        return None
    match = _DESCRIPTOR.match(_absolute(path, cwd))
    return None if match is None else int(match[1])


def is_volatile(path: str, cwd: str = "") -> bool:
    """Whether a path lies where anyone may write, in memory, or is unlinked."""
    return path.endswith(" (deleted)") or _VOLATILE.match(_absolute(path, cwd)) is not None


def is_url(path: str) -> bool:
    """Whether a word is a URL with a scheme of two letters or more (``data:``, ``https:``)."""
    return _URL.match(path) is not None


def names_process(path: str) -> bool:
    """Whether a path goes through the descriptors of a process that is named by its number: it may be another one."""
    return _ANY_PROCESS.search(path) is not None
