"""Which program does ld.so or qemu-user run in its own process? Looked at by content right after the exec, as with any program.

The kernel's record names only the loader. The file that it was told to run is followed as the process itself would follow it
(``./k`` may be a link, ``/proc/self/fd/9`` its own descriptor), or from outside where the process has ended.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.hosts.loader import hosted_path
from flycatcher.core.interpreters.identity.identify import examine_fd
from flycatcher.sources.sensors import walk
from flycatcher.sources.sensors.procfs import bounded, mount_namespace, start_of

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


def with_hosted(execution: Execution) -> Execution:
    """Return a running execution with the identity of the program that runs in its process; unchanged where there is none.

    A bare name, which the loader looks for among libraries, and a file that is gone stay unknown.
    """
    program = hosted_path(execution) if execution.interpreter != "" and execution.process is not None else ""
    if "/" not in program:
        return execution
    return replace(execution, hosted=bounded.call(_identity, execution, os.fsencode(program), default=None))


def is_unknown(execution: Execution) -> bool:
    """Whether an execution runs another program in its process, and nobody could look at that."""
    return execution.hosted is None and execution.interpreter != "" and bool(hosted_path(execution))


def _identity(execution: Execution, program: bytes) -> str | None:
    """Say which interpreter the program is by content, an empty text for none; None where it cannot be looked at."""
    process = execution.process
    if process is None:
        return None
    try:
        handle = walk.open_by_steps(process.pid, process.pid, program, "cwd")
        if start_of(process.pid) == process.start:
            return _looked_at(handle)
        os.close(handle)
    except (OSError, walk.UnknownError):
        pass  # it has ended
    return _from_outside(execution, program)


def _from_outside(execution: Execution, program: bytes) -> str | None:
    """Look at the file of a process that has ended, if it had the same mounts as this one."""
    here = execution.cwd
    same = execution.context.get("ns.mount", "") in ("", str(mount_namespace(os.getpid())))
    if not (same and here.startswith("/")):
        return None
    handle = walk.open_at_once(program if program.startswith(b"/") else os.fsencode(here) + b"/" + program)
    return _looked_at(handle) if handle >= 0 else None


def _looked_at(handle: int) -> str | None:
    """Examine a file by its handle, which is closed."""
    try:
        descriptor = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            kind = examine_fd(descriptor)
        finally:
            os.close(descriptor)
    finally:
        os.close(handle)
    return None if kind is None else kind.interpreter
