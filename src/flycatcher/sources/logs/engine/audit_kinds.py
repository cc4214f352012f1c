"""What each type of audit record means for its event, and which calls start a program. Numbers: linux/audit.h."""

from __future__ import annotations

import re

CALL, WORDS, CWD, TITLE, END, SKIP, OTHER, USER, DAEMON = range(9)
_KINDS = {
    b"SYSCALL": CALL, b"EXECVE": WORDS, b"CWD": CWD, b"PROCTITLE": TITLE, b"EOE": END, b"PATH": SKIP, b"SOCKADDR": SKIP,
    b"1300": CALL, b"1309": WORDS, b"1307": CWD, b"1327": TITLE, b"1320": END, b"1302": SKIP, b"1306": SKIP,
    b"AUOMS_SYSCALL": CALL, b"AUOMS_EXECVE": WORDS,
    b"USER_CMD": USER, b"USER_LOGIN": USER, b"LOGIN": USER, b"USER_START": USER, b"USER_END": USER,
    b"1123": USER, b"1112": USER, b"1006": USER, b"1105": USER,
    b"DAEMON_START": DAEMON, b"DAEMON_END": DAEMON, b"DAEMON_ABORT": DAEMON, b"DAEMON_RESUME": DAEMON,
    b"DAEMON_ROTATE": DAEMON, b"DAEMON_ERR": DAEMON, b"DAEMON_CLOSE": DAEMON,
}  # fmt: skip
_BESIDE = frozenset(
    b"AVC AVC_PATH SELINUX_ERR BPRM_FCAPS CAPSET OBJ_PID MMAP IPC IPC_SET_PERM FD_PAIR MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR "
    b"SOCKETCALL KERN_MODULE FANOTIFY OPENAT2 TIME_INJOFFSET TIME_ADJNTPVAL URINGOP CONFIG_CHANGE MAC_TASK_CONTEXTS MAC_OBJ_CONTEXTS "
    b"INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE INTEGRITY_EVM_XATTR".split()
)
"""Records of the kernel that may stand in an event beside its call, in front of it too; as numbers they are 1300 to 1599 and 1800 to 1899."""
_NUMBER = re.compile(rb"(?:UNKNOWN\[)?(1[3-58]\d\d)\]?")
EXECUTES = re.compile(
    rb": ?arch=(?:c000003e syscall=(?:59|322)|40000003 syscall=(?:11|358)|c00000b7 syscall=(?:221|281)|"
    rb"40000028 syscall=(?:11|387)|[\w]+ syscall=execve(?:at)?)[ \x1d]|: ?arch=\S+ syscall=\d+ .*[ \x1d]SYSCALL=execve"
)
"""execve(2) and execveat(2) by architecture (AUDIT_ARCH_*, linux/audit.h)."""


def kind(name: bytes) -> int:
    """Return what a record of a type means for its event."""
    found = _KINDS.get(name)
    if found is None:
        found = SKIP if name in _BESIDE or _NUMBER.fullmatch(name) is not None else OTHER
    return found
