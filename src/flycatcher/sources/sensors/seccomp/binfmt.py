"""Programs of formats that the administrator, or the owner of a user namespace, has registered.

Source: Documentation/admin-guide/binfmt-misc.rst: one instance for each user namespace (Linux 6.7).
"""

from __future__ import annotations

import os

PLACE = "/proc/sys/fs/binfmt_misc"


def may_know(tid: int) -> bool:
    """Whether the kernel may run a file that is neither ELF nor a script: a format is registered for this thread's namespace.

    In a user namespace below ours we cannot know, and the answer is False: what nobody can know is not run.
    """
    try:
        if os.readlink(f"/proc/{tid}/ns/user") != os.readlink("/proc/self/ns/user"):
            return False
        return any(name not in {"register", "status"} for name in os.listdir(PLACE))
    except OSError:
        return False
