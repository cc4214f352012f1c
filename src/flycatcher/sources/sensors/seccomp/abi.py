"""The kernel's numbers and structures: system calls per architecture, the BPF filter, the notification's layout.

Sources: include/uapi/linux/{seccomp,audit,filter}.h; arch/x86/entry/syscalls/syscall_{32,64}.tbl;
include/uapi/asm-generic/unistd.h; arch/arm/tools/syscall.tbl.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterable

AUDIT_ARCH_X86_64 = 0xC000003E
AUDIT_ARCH_I386 = 0x40000003
AUDIT_ARCH_AARCH64 = 0xC00000B7
AUDIT_ARCH_ARM = 0x40000028
X32_BIT = 0x40000000

SECCOMP_SET_MODE_FILTER = 1
FLAG_NEW_LISTENER = 1 << 3
FLAG_WAIT_KILLABLE_RECV = 1 << 5
"""Linux 5.19: once received, only a fatal signal ends the wait; before, every signal made the kernel ask anew."""
RET_USER_NOTIF = 0x7FC00000
RET_ALLOW = 0x7FFF0000
CONTINUE = 1
"""SECCOMP_USER_NOTIF_FLAG_CONTINUE"""

NOTIF_RECV = 0xC0502100
NOTIF_SEND = 0xC0182101
NOTIF_ID_VALID = 0x40082102
NOTIF_SET_FLAGS = 0x40082104
SYNC_WAKE_UP = 1
"""SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6: the answer wakes the build's process on the supervisor's processor."""

NOTIF_SIZE = 80
NOTIF = struct.Struct("=QIIiIQ6Q")
"""struct seccomp_notif: id, pid, flags, nr, arch, instruction pointer, six arguments."""
RESPONSE = struct.Struct("=QqiI")
"""struct seccomp_notif_resp: id, val, error, flags."""

PR_SET_NO_NEW_PRIVS = 38
PR_SET_CHILD_SUBREAPER = 36
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
CAP_SYS_PTRACE = 19

AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_EXECVE_CHECK = 0x10000
"""Linux 6.14: ask whether a file may be executed, and do not."""
CLONE_NEWNS = 0x20000
MS_REC, MS_PRIVATE = 1 << 14, 1 << 18
AT_SYMLINK_NOFOLLOW = 0x100


class Call(NamedTuple):
    """One system call that starts a program, in one calling convention."""

    at: bool
    """True for execveat (descriptor, path, argv, env, flags), False for execve (path, argv, env)."""
    pointer: int
    """Size of a pointer in the caller's argv and env arrays, in bytes."""


X86_CALLS = {
    (AUDIT_ARCH_X86_64, 59): Call(at=False, pointer=8),
    (AUDIT_ARCH_X86_64, 322): Call(at=True, pointer=8),
    (AUDIT_ARCH_X86_64, X32_BIT | 520): Call(at=False, pointer=4),
    (AUDIT_ARCH_X86_64, X32_BIT | 545): Call(at=True, pointer=4),
    (AUDIT_ARCH_I386, 11): Call(at=False, pointer=4),
    (AUDIT_ARCH_I386, 358): Call(at=True, pointer=4),
}
ARM_CALLS = {
    (AUDIT_ARCH_AARCH64, 221): Call(at=False, pointer=8),
    (AUDIT_ARCH_AARCH64, 281): Call(at=True, pointer=8),
    (AUDIT_ARCH_ARM, 11): Call(at=False, pointer=4),
    (AUDIT_ARCH_ARM, 387): Call(at=True, pointer=4),
}

X86_64_MOVES = (155, 161, 165, 166, 308, 429)  # pivot_root, chroot, mount, umount2, setns, move_mount
X86_MOVES = frozenset(
    {
        *((AUDIT_ARCH_X86_64, number) for number in X86_64_MOVES),
        *((AUDIT_ARCH_X86_64, X32_BIT | number) for number in X86_64_MOVES),
        *((AUDIT_ARCH_I386, number) for number in (21, 22, 52, 61, 217, 346, 429)),  # umount as well
    }
)
ARM_MOVES = frozenset(
    {
        *((AUDIT_ARCH_AARCH64, number) for number in (39, 40, 41, 51, 268, 429)),
        *((AUDIT_ARCH_ARM, number) for number in (21, 52, 61, 218, 375, 429)),
    }
)
"""System calls after which a path may mean another file to their process than to the supervisor. A new mount namespace is not
among them: it is a copy, until one of these changes it."""


class Machine(NamedTuple):
    """What differs from one architecture to another."""

    calls: dict[tuple[int, int], Call]
    moves: frozenset[tuple[int, int]]
    seccomp: int
    """Number of seccomp(2) itself; the C libraries have no wrapper."""
    elf: tuple[int, ...]
    """e_machine of the programs that this kernel runs natively or in compatibility mode (elf.h)."""


MACHINES = {
    "x86_64": Machine(X86_CALLS, X86_MOVES, 317, (62, 3, 6)),
    "aarch64": Machine(ARM_CALLS, ARM_MOVES, 277, (183, 40)),
    "arm64": Machine(ARM_CALLS, ARM_MOVES, 277, (183, 40)),
}


def machine() -> Machine:
    """Return this machine's tables; a clear error on an architecture that has none."""
    name = platform.machine()
    found = MACHINES.get(name)
    if found is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise FlycatcherError(
            f"flycatcher run has no system-call table for {name}",
            hint="it runs on 64-bit x86_64 and aarch64; `flycatcher doctor` lists the other sensors",
        )
    return found


def assemble(calls: Iterable[tuple[int, int]], guarded: Guarded | None = None) -> bytes:
    """Return the classic BPF program that sends these calls to the listener and allows all others at once.

    Layout: load the architecture; per architecture one jump over its block; load the number; one test per call. The kernel
    remembers which numbers are allowed without a look at an argument, so that these cost nothing after the first time.
    """
    blocks: dict[int, list[int]] = {}
    for arch, number in calls:
        blocks.setdefault(arch, []).append(number)
    code = [(_LOAD, 0, 0, _ARCH_OFFSET)]
    for arch, numbers in blocks.items():
        block = _block(numbers, guarded.of(arch) if guarded else {})
        code.append((_JUMP_EQUAL, 1, 0, arch))
        code.append((_JUMP, 0, 0, len(block)))
        code.extend(block)
    code.append((_RETURN, 0, 0, RET_ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in code)


class Guarded(NamedTuple):
    """Calls that are asked about only where an argument has one of some values."""

    calls: dict[tuple[int, int], tuple[tuple[int, ...], tuple[int, ...]]]
    """By (architecture, number): the places of those arguments, and the values; place -1: every such call is asked about."""

    def of(self, arch: int) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return one architecture's, by number."""
        return {number: asked for (of, number), asked in self.calls.items() if of == arch}


_LOAD, _JUMP, _JUMP_EQUAL, _RETURN = 0x20, 0x05, 0x15, 0x06
"""BPF_LD|W|ABS, BPF_JMP|JA, BPF_JMP|JEQ|K, BPF_RET|K (include/uapi/linux/filter.h)."""
_NUMBER_OFFSET, _ARCH_OFFSET, _ARGUMENTS_OFFSET = 0, 4, 16
"""Offsets in struct seccomp_data; an argument's low half comes first on these little-endian machines."""
_Step = tuple[int, int, int, int]


def _block(numbers: list[int], guarded: dict[int, tuple[tuple[int, ...], tuple[int, ...]]]) -> list[_Step]:
    """Return the steps for one architecture, from the load of the number to the last return."""
    asked = [*numbers, *(number for number, (places, _) in guarded.items() if -1 in places)]
    code: list[_Step] = [(_LOAD, 0, 0, _NUMBER_OFFSET)]
    for number in asked:
        code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, RET_USER_NOTIF)]
    for number, (places, values) in guarded.items():
        tests = _tests(places, values) if -1 not in places else []
        if tests:
            code += [(_JUMP_EQUAL, 0, len(tests), number), *tests]
    return [*code, (_RETURN, 0, 0, RET_ALLOW)]


def _tests(places: tuple[int, ...], values: tuple[int, ...]) -> list[_Step]:
    """Return the steps that ask about a call where one of these arguments has one of these values, and else allow it."""
    code: list[_Step] = []
    for place in places:
        code.append((_LOAD, 0, 0, _ARGUMENTS_OFFSET + 8 * place))
        for value in values:
            code += [(_JUMP_EQUAL, 0, 1, value & 0xFFFFFFFF), (_RETURN, 0, 0, RET_USER_NOTIF)]
    return [*code, (_RETURN, 0, 0, RET_ALLOW)]


class _Program(ctypes.Structure):
    """Struct sock_fprog: instruction count and address."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def prctl(option: int, value: int) -> None:
    """Change one attribute of this process; OSError on failure. Source: the manual page of the same name."""
    zero = ctypes.c_ulong(0)
    if libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def keep_mounts() -> bool:
    """Give this process its own copy of all mounts, which nobody else's calls change; False without CAP_SYS_ADMIN.

    Sources: mount_namespaces(7); without that capability nobody of the same user can change ours either.
    """
    if libc.unshare(ctypes.c_int(CLONE_NEWNS)) != 0:
        return False
    made_private: int = libc.mount(b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    return made_private == 0


def install_filter(*, no_new_privs: bool, guarded: Guarded | None = None) -> int:
    """Put the calling thread and all its later children under the filter; return the listener's descriptor.

    ``guarded``: what else is asked about.
    OSError EBUSY: an outer filter has a listener already. EINVAL: the kernel lacks user notification.
    """
    here = machine()
    code = assemble([*here.calls, *sorted(here.moves)], guarded)
    store = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(store))
    if no_new_privs:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    number = 0
    for flags in (FLAG_NEW_LISTENER | FLAG_WAIT_KILLABLE_RECV, FLAG_NEW_LISTENER):
        descriptor: int = libc.syscall(
            ctypes.c_long(here.seccomp),
            ctypes.c_ulong(SECCOMP_SET_MODE_FILTER),
            ctypes.c_ulong(flags),
            ctypes.byref(program),
        )
        if descriptor >= 0:
            return descriptor
        number = ctypes.get_errno()
        if number != 22:  # EINVAL: an older kernel does not know the flag
            break
    raise OSError(number, os.strerror(number))
