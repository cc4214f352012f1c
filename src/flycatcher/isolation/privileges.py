"""Drop the privileges that are no longer needed. Source: capabilities(7), capset(2), prctl(2)."""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterable

CAPABILITIES = {
    "CAP_DAC_READ_SEARCH": 2,
    "CAP_KILL": 5,
    "CAP_SYS_PTRACE": 19,
    "CAP_AUDIT_CONTROL": 30,
    "CAP_AUDIT_READ": 37,
    "CAP_BPF": 39,
}
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _AMBIENT_CLEAR = 24, 38, 47, 4
_VERSION_3 = 0x20080522
_LAST = 63


def drop_to(names: Iterable[str]) -> None:
    """Keep only these capabilities, and let no started program gain any. Raises FlycatcherError."""
    keep = {CAPABILITIES[name] for name in names}
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_CAP_AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)
    for number in range(_LAST + 1):
        if number not in keep:
            libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)  # EINVAL beyond the kernel's last one
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    mask = sum(1 << number for number in keep)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)  # effective, permitted, inheritable; twice 32 bits
    if libc.capset(header, data):
        raise FlycatcherError(
            f"privileges cannot be dropped: {os.strerror(ctypes.get_errno())}", hint="start it as root"
        )
