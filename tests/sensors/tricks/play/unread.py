"""What cannot be read from outside."""

import ctypes
import mmap
import os
import shutil
import struct

from .common import CODE, PERL, WORDS, child, execute, libc, mark, trick


@trick("unread", "a caller that is not dumpable")
def not_dumpable():
    def go():
        libc.prctl(4, 0, 0, 0, 0)
        os.execv(PERL, WORDS)

    child(go)


def executed_from(memory):
    """Run perl with path and words at an address."""
    base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    texts = [PERL.encode(), *(word.encode() for word in WORDS)]
    at, places = 0, []
    for text in texts:
        memory[at : at + len(text) + 1] = text + b"\0"
        places.append(base + at)
        at += len(text) + 1
    at += -at % 8
    memory[at : at + 32] = struct.pack("=4Q", *places[1:], 0)
    libc.syscall(59, ctypes.c_void_p(places[0]), ctypes.c_void_p(base + at), None)


@trick("unread", "words in secret memory (memfd_secret)")
def secret_memory():
    def go():
        descriptor = libc.syscall(447, 0)
        if descriptor < 0:
            mark()
            os._exit(0)
        os.ftruncate(descriptor, 4096)
        executed_from(mmap.mmap(descriptor, 4096))

    child(go)


@trick("unread", "a copy of the interpreter that may be executed only (mode 0111)")
def execute_only():
    shutil.copy(PERL, "helper")
    os.chmod("helper", 0o111)
    execute("./helper", ["helper", *WORDS[1:]])


@trick("unread", "a caller at the end of its address space: a path that ends at the last byte")
def last_byte():
    def go():
        memory = mmap.mmap(-1, 8192)
        base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        libc.mprotect(ctypes.c_void_p(base + 4096), 4096, 0)
        path = PERL.encode() + b"\0"
        ctypes.memmove(base + 4096 - len(path), path, len(path))
        argv = (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None)
        libc.syscall(59, ctypes.c_void_p(base + 4096 - len(path)), argv, None)

    child(go)
