"""What the tricks share: the marker, and the processes that they reach for."""

import contextlib
import ctypes
import mmap
import os
import struct
import subprocess
from pathlib import Path

PERL = os.path.realpath("/usr/bin/perl")
CODE = 'open my $f, ">", "MARK"' + os.environ.get("THEN", "")
WORDS = ["perl", "-e", CODE]
TRICKS = {}
libc = ctypes.CDLL(None, use_errno=True)


def trick(place, text):
    """Keep a function under its name, with where it belongs and what it does in a sentence."""

    def keep(function):
        TRICKS[function.__name__] = (place, text, function)
        return function

    return keep


def child(function, *arguments):
    """Run a function in a process of its own, and wait for it."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            function(*arguments)
        os._exit(1)
    os.waitpid(pid, 0)


def execute(path, words=WORDS):
    """Run a program in a process of its own."""
    child(os.execv, path, words)


def mark():
    """Make the marker in the plain way."""
    execute(PERL)


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


SUPERVISOR, MAIN = int(os.environ.get("WATCHER") or os.getppid()), os.getpid()
FRONT = SUPERVISOR if "WATCHER" in os.environ else parent_of(SUPERVISOR)
"""Where the build is watched, and not run by it, both are the process that watches: nothing else is ever reached for."""


def on_nine(path=PERL):
    """Have a program open as descriptor 9."""
    os.dup2(os.open(path, os.O_RDONLY), 9, inheritable=True)


def called(name):
    """Return what a trick's process is called, by which its descendants' records are told apart."""
    return f"trick-{list(TRICKS).index(name)}"


def int80(number, *arguments):
    """Make a system call as a 32-bit program does; arguments are ints below 2**32."""
    first, second, third, fourth, fifth = (*arguments, 0, 0, 0, 0, 0)[:5]
    registers = ((0xB8, number), (0xBB, first), (0xB9, second), (0xBA, third), (0xBE, fourth), (0xBF, fifth))
    code = b"\x53" + b"".join(bytes([move]) + struct.pack("=I", value & 0xFFFFFFFF) for move, value in registers)
    memory = low_memory(4096, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    ctypes.memmove(memory, code + b"\xcd\x80\x5b\xc3", len(code) + 4)
    return ctypes.CFUNCTYPE(ctypes.c_int)(memory)()


def low_memory(size, protection=mmap.PROT_READ | mmap.PROT_WRITE):
    """Map memory below 2 GiB (MAP_32BIT)."""
    libc.mmap.restype = ctypes.c_void_p
    found = libc.mmap(
        None, ctypes.c_size_t(size), protection, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, -1, ctypes.c_long(0)
    )
    if found in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "mmap")
    return found


def laid_out(pointer="Q", words=WORDS, path=PERL):
    """Lay path and words out in low memory; return both addresses."""
    memory, at, places = low_memory(1 << 20), 0, []
    for text in (path.encode(), *(word.encode() for word in words)):
        ctypes.memmove(memory + at, text + b"\0", len(text) + 1)
        places.append(memory + at)
        at += len(text) + 1
    at += -at % 8
    array = struct.pack(f"={len(places)}{pointer}", *places[1:], 0)
    ctypes.memmove(memory + at, array, len(array))
    return places[0], memory + at
