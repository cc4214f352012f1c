"""Code that never lies in a file: memfd, mmap and ctypes, raw system calls. ATT&CK T1620."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches, number
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="memory.execute",
    technique="T1620",
    points=60,
    sentence="runs machine code from memory",
    calls={
        "python": (
            Calls(
                "os.memfd_create ctypes.CFUNCTYPE()() ctypes.memmove ctypes.pythonapi.mprotect "
                "*.mprotect *.memfd_create *.VirtualAlloc"
            ),
            Calls("mmap.mmap", any_matches("$^")),
            Calls("*.syscall", number(0, 319, 279, 356, 385)),
        ),
        "perl": (Calls("syscall", number(0, 319, 279)),),
        "ruby": (Calls("syscall Kernel.syscall", number(0, 319, 279)),),
        "javascript": (Calls("process.binding process._linkedBinding"),),
        "php": (Calls("FFI.cdef"),),
    },
)
