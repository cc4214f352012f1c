"""Ends a tree of processes: all that descend from one, also what is started while this goes on."""

from __future__ import annotations

import os
import signal
import time

from flycatcher.sources.context.ancestry import read_stat

SECONDS = 5.0
"""How long a tree is ended at most: what cannot be ended by then may not be ours to end."""


def descendants(root: int) -> set[int]:
    """Return the living processes below one, found by their parents."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        about = read_stat(int(name)) if name.isdigit() else None
        if about is not None and (about.state not in {"Z", "X"} or _has_threads(name)):
            parents.setdefault(about.parent, []).append(int(name))
    found: set[int] = set()
    waiting = [root]
    while waiting:
        children = parents.get(waiting.pop(), ())
        waiting += [child for child in children if child not in found]
        found.update(children)
    return found - {os.getpid()}


def _has_threads(pid: str) -> bool:
    """Whether other threads go on after a process's first one has ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/task")) > 1
    except OSError:
        return False


def end_descendants(root: int) -> int:
    """Stop, then kill all that is below one, until nothing is left; return how many could not be ended."""
    until = time.monotonic() + SECONDS
    left = descendants(root)
    while left and time.monotonic() < until:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in left:
                _send(pid, number)
        _reap()
        left = descendants(root)
    return len(left)


def _send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone, or somebody else's."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap() -> None:
    """Collect the orphans that came to this process, so that they are not counted."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return
