"""Tricks that take the supervisor over: its memory, its descriptors, its answers."""

import contextlib
import ctypes
import fcntl
import mmap
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

from .common import FRONT, MAIN, PERL, SUPERVISOR, WORDS, child, laid_out, libc, mark, trick


@trick("takeover", "PTRACE_SEIZE, and never let it go on")
def seize():
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    if libc.ptrace(0x4206, SUPERVISOR, None, None) == 0:
        libc.ptrace(0x4207, SUPERVISOR, None, None)  # PTRACE_INTERRUPT
        os.waitpid(SUPERVISOR, 0)
        Path("MARK").touch()  # whoever traces it can answer in its place
        return
    mark()


@trick("takeover", "process_vm_writev(2) into its memory")
def write_memory():
    class Vector(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))

    store = ctypes.create_string_buffer(1)
    with contextlib.suppress(OSError):
        line = next(line for line in Path(f"/proc/{SUPERVISOR}/maps").read_text().splitlines() if "rw-p" in line)
        address = int(line.split("-")[0], 16)
        mine, theirs = Vector(ctypes.addressof(store), 1), Vector(address, 1)
        if libc.process_vm_readv(SUPERVISOR, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) == 1:
            Path("MARK").touch()
            return
    mark()


@trick("takeover", "/proc/PID/mem opened for writing")
def open_memory():
    with contextlib.suppress(OSError):
        os.close(os.open(f"/proc/{SUPERVISOR}/mem", os.O_RDWR))
        Path("MARK").touch()
        return
    mark()


@trick("takeover", "/proc/PID/mem opened for writing by io_uring, which no filter of system calls sees")
def ring_memory():
    if opened_by_ring(f"/proc/{SUPERVISOR}/mem", os.O_RDWR) >= 0:
        Path("MARK").touch()
        return
    mark()


def opened_by_ring(path, flags):
    """Open a path by IORING_OP_OPENAT; return the descriptor, or an error below 0. Source: io_uring_setup(2), io_uring_enter(2)."""
    told = ctypes.create_string_buffer(120)
    ring = libc.syscall(425, 1, told)
    if ring < 0:
        return -1
    at = struct.unpack_from("30I", told)
    tail, array, done = at[11], at[16], at[25]
    rings = mmap.mmap(ring, max(array + 4, done + 32), flags=mmap.MAP_SHARED | mmap.MAP_POPULATE)
    queue = mmap.mmap(ring, 64, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, offset=0x10000000)
    name = ctypes.create_string_buffer(path.encode())
    queue[:64] = struct.pack("=BBHiQQIIQHHiQQ", 18, 0, 0, -100, 0, ctypes.addressof(name), 0, flags, 0, 0, 0, 0, 0, 0)
    rings[array : array + 4] = struct.pack("=I", 0)
    rings[tail : tail + 4] = struct.pack("=I", 1)
    if libc.syscall(426, ring, 1, 1, 1, None, 0) < 0:
        return -1
    return struct.unpack_from("=i", rings, done + 8)[0]


def stolen():
    """Yield what pidfd_getfd(2) gets of the supervisor's descriptors."""
    with contextlib.suppress(OSError):
        pid = os.pidfd_open(SUPERVISOR)
        for number in range(64):
            found = libc.syscall(438, pid, number, 0)
            if found >= 0:
                yield found


@trick("takeover", "PTRACE_SEIZE of the process that analyses payloads, from its first moment on")
def seize_helper():
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    on, seized = True, []

    def again():
        while on and not seized:
            names = Path(f"/proc/{SUPERVISOR}/task/{SUPERVISOR}/children").read_text().split()
            others = [int(name) for name in names if int(name) != MAIN]
            seized.extend(pid for pid in others if libc.ptrace(0x4206, pid, None, None) == 0)

    thread = threading.Thread(target=again)
    thread.start()
    for _ in range(3):
        mark()
    on = False
    thread.join()
    if seized:
        Path("MARK").touch()  # whoever traces it can answer in its place


@trick("takeover", "pidfd_getfd(2) of the listener, and answer in its place")
def steal_listener():
    for found in stolen():
        if "seccomp notify" in os.readlink(f"/proc/self/fd/{found}"):
            pid = os.fork()
            if pid == 0:
                os.execv(PERL, WORDS)
            end = time.monotonic() + 1
            while time.monotonic() < end:
                note = bytearray(80)
                with contextlib.suppress(OSError):
                    fcntl.ioctl(found, 0xC0502100, note, True)
                    fcntl.ioctl(found, 0xC0182101, struct.pack("=QqiI", struct.unpack_from("=Q", note)[0], 0, 0, 1))
                    break
    mark()


@trick("takeover", "pidfd_getfd(2) of the supervisor's channel, and a forged last word on it")
def forge_message():
    for found in stolen():
        if os.readlink(f"/proc/self/fd/{found}").startswith("socket:"):
            with contextlib.suppress(OSError), socket.socket(fileno=found) as channel:
                channel.send(b"S0")
    for pid in (SUPERVISOR, FRONT):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGCHLD)
    time.sleep(0.3)
    mark()


@trick("takeover", "a second listener of its own")
def second_listener():
    code = struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)
    store = ctypes.create_string_buffer(code)
    program = struct.pack("=H6xQ", 1, ctypes.addressof(store))
    libc.prctl(38, 1, 0, 0, 0)
    libc.syscall(317, 1, 8, program)
    mark()


@trick("takeover", "its report unlinked, and a link to nowhere put there")
def unlink_report():
    with contextlib.suppress(OSError):
        os.unlink("../r.jsonl")
        os.symlink("/dev/null", "../r.jsonl")
    mark()


@trick("takeover", "its report cut to nothing, while it is written")
def cut_report():
    mark()
    with contextlib.suppress(OSError):
        os.truncate("../r.jsonl", 0)
    mark()


@trick("takeover", "its report's descriptor, opened through /proc/PID/fd")
def open_report():
    with contextlib.suppress(OSError):
        for number in os.listdir(f"/proc/{SUPERVISOR}/fd"):
            place = f"/proc/{SUPERVISOR}/fd/{number}"
            if os.readlink(place).endswith("r.jsonl"):
                os.truncate(place, 0)
    mark()


@trick("takeover", "a configuration with a suppression, written and committed while it runs")
def commit_suppression():
    Path("../flycatcher.toml").write_text(
        '[[suppress]]\ninterpreter = "perl"\nreason = "x"\nowner = "x"\nexpires = 2030-01-01\n'
    )
    for words in (
        ["init", "-q"],
        ["add", "flycatcher.toml"],
        ["-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd="..", check=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    mark()


@trick("takeover", "Flycatcher's own modules replaced while it runs")
def replace_modules():
    home = Path(os.environ.get("OWN", "nowhere"))
    for path in home.rglob("*.py"):
        with contextlib.suppress(OSError):
            path.unlink()
            path.write_text(f"open({os.path.abspath('MARK')!r}, 'w').close()\n")
    mark()


@trick("takeover", "Flycatcher's own files removed while it runs")
def remove_modules():
    shutil.rmtree(os.environ.get("OWN", "nowhere"), ignore_errors=True)
    mark()


@trick("takeover", "a debugger that makes another call into execve(2) (ptrace)")
def changed_call():
    def go(traced_by_filter=False):
        path, words = laid_out()
        pid = os.fork()
        if pid == 0:
            libc.ptrace(0, 0, None, None)  # PTRACE_TRACEME
            os.kill(os.getpid(), signal.SIGSTOP)
            libc.syscall(110, ctypes.c_void_p(path), ctypes.c_void_p(words), None)  # getppid, until somebody changes it
            os._exit(1)
        libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
        libc.ptrace.restype = ctypes.c_long
        os.waitpid(pid, 0)
        for _ in range(2000):
            libc.ptrace(24, pid, None, None)  # PTRACE_SYSCALL
            _, status = os.waitpid(pid, 0)
            if not os.WIFSTOPPED(status):
                return
            if libc.ptrace(3, pid, 120, None) == 110:  # PTRACE_PEEKUSER of orig_rax
                libc.ptrace(6, pid, 120, 59)
                libc.ptrace(7, pid, None, None)  # PTRACE_CONT
                libc.ptrace(17, pid, None, None)  # PTRACE_DETACH, where it has stopped again
                os.waitpid(pid, 0)
                libc.ptrace(17, pid, None, None)
                os.waitpid(pid, 0)
                return

    child(go)
