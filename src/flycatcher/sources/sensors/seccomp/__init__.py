"""Every execve and execveat of one process tree, through seccomp user notification; no privileges needed.

    front (the process that the user started)   waits as the command's stand-in: signals, job control, exit code
      supervisor                                answers the kernel, reads memory and files, reports
        command                                 installs the filter, sends the listener to both, becomes the command

Where the run only observes, a second holder of the listener (the front) keeps a build alive when the supervisor dies: see
:mod:`.front`. Where it enforces, it fails closed: see :mod:`.guard` and :mod:`.aftermath`.
Source for the kernel side: seccomp_unotify(2), seccomp(2), include/uapi/linux/seccomp.h.
"""

from __future__ import annotations

import os

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.probe import Probe

LIMITS = (
    "another thread can change argv between our look and the kernel's copy: found out right after, and killed under --deny",
    "stdin text only as far as it waits in the pipe at the start, or comes within a moment of it",
    "processes that were already running, or that a daemon starts on the build's behalf, are not in the tree",
    "code that a running interpreter is given later (eval, a REPL) is no program start",
)


def probe() -> Probe:
    """Install a filter in a process of its own, and say what the kernel answers."""
    from flycatcher.sources.sensors.seccomp import abi  # noqa: PLC0415 - ctypes only where it is asked for
    from flycatcher.sources.sensors.seccomp.command import explain  # noqa: PLC0415

    try:
        abi.machine()
    except FlycatcherError as error:
        return _answer(str(error), error.hint)
    pid = os.fork()
    if pid == 0:
        try:
            abi.install_filter(no_new_privs=os.geteuid() != 0)
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if number != 0:
        return _answer(explain(abs(number)), "run it outside the container's or the outer run's own seccomp filter")
    if os.geteuid() == 0:
        return _answer("the kernel gives a listener, and set-user-ID programs keep their power", works=True)
    return _answer(
        "the kernel gives a listener without any privilege",
        "set-user-ID programs lose their power in it; `sudo flycatcher run` keeps that",
        works=True,
    )


def _answer(why: str, hint: str = "", *, works: bool = False) -> Probe:
    return Probe(sensor="seccomp", command="flycatcher run", works=works, why=why, hint=hint, limits=LIMITS)
