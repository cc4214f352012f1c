"""Whose an execution is: the host's name and the user's, beside the numbers. Source: passwd(5), gethostname(2)."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

LIMIT = 1 << 20
"""Bytes of /etc/passwd that are read; no directory service is asked, as that may block."""


def whose(execution: Execution) -> dict[str, str]:
    """Return ``host.name``, and ``user.name`` where the host knows the user."""
    own = execution.process
    uid = own.uid if own is not None else None
    name = "" if uid is None else user_name(uid)
    return {"host.name": os.uname().nodename} | ({"user.name": name} if name else {})


@lru_cache(maxsize=256)
def user_name(uid: int) -> str:
    """Return the name of a user of this host, empty for none."""
    try:
        with open("/etc/passwd", encoding="utf-8", errors="replace") as handle:
            lines = handle.read(LIMIT).splitlines()
    except OSError:
        return ""
    entries = (line.split(":") for line in lines)
    return next((entry[0] for entry in entries if len(entry) > 3 and entry[2] == str(uid)), "")
