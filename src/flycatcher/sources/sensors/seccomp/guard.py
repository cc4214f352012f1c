"""System calls that reach another process, or the terminal: which of them name the supervisor or the front, and what is answered.

The filter compares process ids in the kernel and asks only about calls that name one of ours, so that no other call waits.
Sources: arch/x86/entry/syscalls/syscall_{32,64}.tbl; include/uapi/asm-generic/unistd.h; arch/arm/tools/syscall.tbl; kill(2).
"""

from __future__ import annotations

import os
from typing import NamedTuple

from flycatcher.sources.sensors.seccomp.abi import (
    AUDIT_ARCH_AARCH64,
    AUDIT_ARCH_ARM,
    AUDIT_ARCH_I386,
    AUDIT_ARCH_X86_64,
    X32_BIT,
    Guarded,
)

EVERY = -1
"""Instead of an argument's place: every such call is asked about, because a descriptor stands for the process."""


class Reach(NamedTuple):
    """One system call that acts on another process."""

    name: str
    places: tuple[int, ...]
    """Which of its arguments are process ids; :data:`EVERY` where one is a descriptor."""
    harmless: int = -1
    """The argument that makes the call only ask where it is 0: a signal's number, a pointer to new limits."""
    values: tuple[int, ...] = ()
    """What those arguments are asked about; empty: the process ids of :func:`targets`."""


TIOCSTI, TIOCLINUX = 0x5412, 0x541C
"""Text pushed into a terminal as if it were typed, for the shell that reads on after the run (asm-generic/ioctls.h)."""
_KILL = Reach("kill", (0,), harmless=1)
_X86_64 = {
    16: Reach("ioctl", (1,), values=(TIOCSTI, TIOCLINUX)),
    62: _KILL,
    101: Reach("ptrace", (1,)),
    129: Reach("rt_sigqueueinfo", (0,), harmless=1),
    141: Reach("setpriority", (1,)),
    142: Reach("sched_setparam", (0,)),
    144: Reach("sched_setscheduler", (0,)),
    200: Reach("tkill", (0,), harmless=1),
    203: Reach("sched_setaffinity", (0,)),
    234: Reach("tgkill", (0,), harmless=2),
    251: Reach("ioprio_set", (1,)),
    256: Reach("migrate_pages", (0,)),
    279: Reach("move_pages", (0,)),
    297: Reach("rt_tgsigqueueinfo", (0,), harmless=2),
    302: Reach("prlimit64", (0,), harmless=2),
    310: Reach("process_vm_readv", (0,)),
    311: Reach("process_vm_writev", (0,)),
    312: Reach("kcmp", (0, 1)),
    314: Reach("sched_setattr", (0,)),
    424: Reach("pidfd_send_signal", (EVERY,), harmless=1),
    434: Reach("pidfd_open", (0,)),
}
_BY_NAME = {reach.name: reach for reach in _X86_64.values()}
_X32_OWN = {
    "ioctl": 514, "ptrace": 521, "rt_sigqueueinfo": 524, "move_pages": 533, "rt_tgsigqueueinfo": 536, "process_vm_readv": 539,
    "process_vm_writev": 540,
}  # fmt: skip
_I386 = {
    "ptrace": 26, "kill": 37, "ioctl": 54,
    "setpriority": 97, "sched_setparam": 154, "sched_setscheduler": 156, "rt_sigqueueinfo": 178,
    "tkill": 238, "sched_setaffinity": 241, "tgkill": 270, "ioprio_set": 289, "migrate_pages": 294, "move_pages": 317,
    "rt_tgsigqueueinfo": 335, "prlimit64": 340, "process_vm_readv": 347, "process_vm_writev": 348, "kcmp": 349,
    "sched_setattr": 351, "pidfd_send_signal": 424, "pidfd_open": 434,
}  # fmt: skip
_AARCH64 = {
    "ioctl": 29,
    "ioprio_set": 30, "ptrace": 117, "sched_setparam": 118, "sched_setscheduler": 119, "sched_setaffinity": 122, "kill": 129,
    "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "setpriority": 140, "migrate_pages": 238, "move_pages": 239,
    "rt_tgsigqueueinfo": 240, "prlimit64": 261, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
    "sched_setattr": 274, "pidfd_send_signal": 424, "pidfd_open": 434,
}  # fmt: skip
_ARM = {
    "ptrace": 26, "kill": 37, "ioctl": 54,
    "setpriority": 97, "sched_setparam": 154, "sched_setscheduler": 156, "rt_sigqueueinfo": 178,
    "tkill": 238, "sched_setaffinity": 241, "tgkill": 268, "ioprio_set": 314, "rt_tgsigqueueinfo": 363, "move_pages": 344,
    "prlimit64": 369, "process_vm_readv": 376, "process_vm_writev": 377, "kcmp": 378, "sched_setattr": 380,
    "migrate_pages": 400, "pidfd_send_signal": 424, "pidfd_open": 434,
}  # fmt: skip


def _table(arch: int, numbers: dict[str, int]) -> dict[tuple[int, int], Reach]:
    return {(arch, number): _BY_NAME[name] for name, number in numbers.items()}


_X86_64_NUMBERS = {reach.name: number for number, reach in _X86_64.items()}
_X32_NUMBERS = {name: X32_BIT | _X32_OWN.get(name, number) for name, number in _X86_64_NUMBERS.items()}
REACHES: dict[tuple[int, int], Reach] = {
    **_table(AUDIT_ARCH_X86_64, _X86_64_NUMBERS),
    **_table(AUDIT_ARCH_X86_64, _X32_NUMBERS),
    **_table(AUDIT_ARCH_I386, _I386),
    **_table(AUDIT_ARCH_AARCH64, _AARCH64),
    **_table(AUDIT_ARCH_ARM, _ARM),
}
"""Every such call by (architecture, number)."""


def targets(front: int, supervisor: int) -> tuple[int, ...]:
    """Return the values of a process id's argument that reach one of ours: itself, its process group, everybody (kill(2))."""
    return (front, supervisor, -supervisor, -1)


def guarded(front: int, supervisor: int) -> Guarded:
    """Return which of these calls the filter asks about."""
    ours = targets(front, supervisor)
    return Guarded({call: (reach.places, reach.values or ours) for call, reach in REACHES.items()})


class Guard:
    """Decides about calls that reach another process, as the filter asks about them."""

    def __init__(self, front: int, supervisor: int) -> None:
        """Keep whom to guard."""
        self._own = {front, supervisor}
        self._targets = set(targets(front, supervisor))
        self._namespace = _namespace("self")

    def refusal(self, tid: int, reach: Reach, arguments: list[int]) -> str:
        """Return what the call would do to one of ours, in words for a person; empty where it may continue."""
        if reach.harmless >= 0 and arguments[reach.harmless] & 0xFFFFFFFF == 0 and _is_null(reach, arguments):
            return ""
        if reach.values:
            return (
                f"{reach.name}({arguments[reach.places[0]] & 0xFFFFFFFF:#x}), text for whoever reads a terminal later"
            )
        if EVERY in reach.places:
            return self._by_descriptor(tid, reach, arguments[0])
        values = {_signed(arguments[place]) for place in reach.places} & self._targets
        if not values or self._elsewhere(tid):
            return ""
        return f"{reach.name}({', '.join(map(str, sorted(values)))})"

    def _by_descriptor(self, tid: int, reach: Reach, descriptor: int) -> str:
        """Say whom a descriptor of a process stands for; one that cannot be looked at is not used."""
        try:
            with open(f"/proc/{tid}/fdinfo/{_signed(descriptor)}", "rb") as handle:
                text = handle.read(4096)
            found = text.find(b"Pid:\t")
            if found >= 0:
                pid = int(text[found + 5 :].split(None, 1)[0])
            else:
                pid = int(os.path.basename(os.readlink(f"/proc/{tid}/fd/{_signed(descriptor)}")))  # a folder of /proc
        except FileNotFoundError:
            return ""  # the kernel refuses it
        except (OSError, ValueError):
            return f"{reach.name}(unknown)"
        return f"{reach.name}({pid})" if pid in self._own else ""

    def _elsewhere(self, tid: int) -> bool:
        """Whether the caller's process ids are those of a namespace below ours, in which none of ours can be named."""
        namespace = _namespace(str(tid))
        return bool(namespace) and namespace != self._namespace


def _is_null(reach: Reach, arguments: list[int]) -> bool:
    """Whether all of the harmless argument is 0: a pointer has more than 32 bits."""
    return reach.name != "prlimit64" or arguments[reach.harmless] == 0


def _signed(value: int) -> int:
    """Return the low 32 bits as a C int."""
    return (value & 0xFFFFFFFF ^ 0x80000000) - 0x80000000


def _namespace(process: str) -> str:
    """Return a process's pid namespace; empty where it may not be known."""
    try:
        return os.readlink(f"/proc/{process}/ns/pid")
    except OSError:
        return ""
