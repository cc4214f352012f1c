"""Tricks that reach for the supervisor: signals, limits, descriptors' owners."""

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import struct
import subprocess
import threading
import time
from pathlib import Path

from .common import FRONT, MAIN, PERL, SUPERVISOR, WORDS, child, int80, libc, low_memory, mark, parent_of, trick


def send(number, pid=None):
    with contextlib.suppress(OSError):
        os.kill(pid or SUPERVISOR, number)
    time.sleep(0.3)
    mark()


@trick("supervisor", "kill -9 $PPID")
def kill():
    send(signal.SIGKILL)


@trick("supervisor", "kill -TERM $PPID")
def terminate():
    send(signal.SIGTERM)


@trick("supervisor", "kill -USR1 $PPID")
def user_signal():
    send(signal.SIGUSR1)


@trick("supervisor", "kill -STOP $PPID")
def stop():
    send(signal.SIGSTOP)


@trick("supervisor", "kill -9 of the process that the user started")
def kill_front():
    send(signal.SIGKILL, FRONT)


@trick("supervisor", "kill -9 of the supervisor's process group")
def kill_group():
    send(signal.SIGKILL, -SUPERVISOR)


@trick("supervisor", "kill -9 of both")
def kill_both():
    with contextlib.suppress(OSError):
        os.kill(FRONT, signal.SIGKILL)
    send(signal.SIGKILL)


@trick("supervisor", "kill -9 of the process that analyses payloads, while it works")
def kill_helper():
    def ended():
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError, ValueError, IndexError):
                if parent_of(name) == SUPERVISOR and int(name) != MAIN:
                    os.kill(int(name), signal.SIGKILL)

    on = True

    def again():
        while on:
            ended()

    thread = threading.Thread(target=again)
    thread.start()
    for _ in range(3):
        mark()
    on = False
    thread.join()


@trick("supervisor", "tgkill(2) of its thread")
def thread_signal():
    libc.syscall(234, SUPERVISOR, SUPERVISOR, signal.SIGKILL)
    time.sleep(0.3)
    mark()


@trick("supervisor", "rt_sigqueueinfo(2)")
def queued_signal():
    libc.syscall(129, SUPERVISOR, signal.SIGKILL, struct.pack("iiiiii", signal.SIGKILL, 0, -1, 0, 0, 0) + bytes(104))
    time.sleep(0.3)
    mark()


@trick("supervisor", "pidfd_send_signal(2)")
def descriptor_signal():
    with contextlib.suppress(OSError):
        signal.pidfd_send_signal(os.pidfd_open(SUPERVISOR), signal.SIGKILL)
    time.sleep(0.3)
    mark()


@trick("supervisor", "pidfd_send_signal(2) on its folder of /proc")
def folder_signal():
    with contextlib.suppress(OSError):
        signal.pidfd_send_signal(os.open(f"/proc/{SUPERVISOR}", os.O_RDONLY | os.O_DIRECTORY), signal.SIGKILL)
    time.sleep(0.3)
    mark()


@trick("supervisor", "a signal by a descriptor's owner: F_SETOWN, F_SETSIG")
def owner_signal():
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, SUPERVISOR)
    fcntl.fcntl(reader, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(writer, b"x")
    time.sleep(0.3)
    mark()


def limit(what, value):
    with contextlib.suppress(OSError):
        resource.prlimit(SUPERVISOR, what, (value, value))
    mark()


@trick("supervisor", "prlimit --nofile=3:3")
def limit_descriptors():
    limit(resource.RLIMIT_NOFILE, 3)


@trick("supervisor", "prlimit --as=1:1")
def limit_memory():
    limit(resource.RLIMIT_AS, 1)


@trick("supervisor", "prlimit --cpu=0:0")
def limit_time():
    limit(resource.RLIMIT_CPU, 0)


@trick("supervisor", "prlimit --fsize=0:0")
def limit_files():
    limit(resource.RLIMIT_FSIZE, 0)


@trick("supervisor", "all descriptors of the machine's user in use (RLIMIT_NOFILE of the build at 3)")
def own_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    mark()


def owned(pid, number=0, flags=0):
    """Have the kernel send a signal to whoever owns a descriptor that becomes readable (fcntl(2))."""
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, pid)
    if number:
        fcntl.fcntl(reader, 10, number)  # F_SETSIG
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK | flags)
    with contextlib.suppress(OSError):
        os.write(writer, b"x")
    time.sleep(0.3)
    mark()


@trick("supervisor", "SIGIO by a descriptor's owner: F_SETOWN")
def owner_notice():
    owned(SUPERVISOR)


@trick("supervisor", "SIGSTOP by a descriptor's owner: F_SETOWN, F_SETSIG")
def owner_stop():
    owned(SUPERVISOR, signal.SIGSTOP)


@trick("supervisor", "SIGKILL by a descriptor's owner for the process that the user started")
def owner_signal_front():
    owned(FRONT, signal.SIGKILL)


@trick("supervisor", "SIGKILL by a watched folder: F_NOTIFY, F_SETOWN, F_SETSIG")
def folder_notice():
    folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    fcntl.fcntl(folder, 10, signal.SIGKILL)  # F_SETSIG
    with contextlib.suppress(OSError):
        fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_CREATE | fcntl.DN_MULTISHOT)
        fcntl.fcntl(folder, fcntl.F_SETOWN, SUPERVISOR)
    os.close(os.open("created", os.O_CREAT | os.O_WRONLY))
    time.sleep(0.3)
    mark()


@trick("supervisor", "timer_create(2) whose signal goes to its thread")
def timer_signal():
    event = struct.pack("=QiiI", 0, signal.SIGKILL, 4, SUPERVISOR) + bytes(44)  # SIGEV_THREAD_ID
    timer = ctypes.c_int()
    if libc.syscall(222, 0, event, ctypes.byref(timer)) == 0:
        libc.syscall(223, timer, 0, struct.pack("=4q", 0, 0, 0, 1), None)
    time.sleep(0.3)
    mark()


@trick("supervisor", "a child whose end sends SIGKILL to its parent (clone(2)), left to the supervisor")
def exit_signal():
    def orphan():
        if libc.syscall(56, signal.SIGKILL, 0, 0, 0, 0) == 0:  # clone with another signal than SIGCHLD
            time.sleep(0.3)
            os._exit(0)
        os._exit(0)

    child(orphan)
    time.sleep(0.6)
    mark()


@trick("supervisor", "kill -9 of its own process group, which is that of the process that the user started")
def kill_own_group():
    with contextlib.suppress(OSError):
        if "WATCHER" not in os.environ:
            os.kill(0, signal.SIGKILL)
    mark()


@trick("supervisor", "kill(2) through int 0x80")
def kill_32():
    int80(37, SUPERVISOR, signal.SIGKILL)
    time.sleep(0.3)
    mark()


@trick("supervisor", "kill(2) from a pid namespace of its own, of the same number")
def kill_from_namespace():
    code = f"import os; os.kill({SUPERVISOR}, 9)"
    subprocess.run(["unshare", "-Urpf", "python3", "-c", code], stderr=subprocess.DEVNULL, check=False)
    mark()


@trick("supervisor", "prlimit --nofile through int 0x80")
def limit_32():
    limits = low_memory(4096)
    ctypes.memmove(limits, struct.pack("=2Q", 3, 3), 16)
    int80(340, SUPERVISOR, resource.RLIMIT_NOFILE, limits, 0)
    mark()


@trick("supervisor", "setpriority(2), sched_setscheduler(2), sched_setaffinity(2)")
def slow_down():
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, SUPERVISOR, 19)
    with contextlib.suppress(OSError):
        os.sched_setscheduler(SUPERVISOR, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):
        os.sched_setaffinity(SUPERVISOR, {0})
    mark()


@trick("supervisor", "oom_score_adj: the first to be killed where memory runs out")
def score():
    with contextlib.suppress(OSError):
        Path(f"/proc/{SUPERVISOR}/oom_score_adj").write_text("1000")
    mark()


def group(name, text):
    """Write to a file of the control group that the supervisor is in, from outside of it; harmless where it is not ours."""
    place = os.environ.get("GROUP", "")
    if place:
        Path(place, "other", "cgroup.procs").write_text(str(os.getpid()))
        Path(place, "run", name).write_text(text)


@trick("supervisor", "cgroup.kill of its control group, from outside of that")
def group_killed():
    group("cgroup.kill", "1")
    time.sleep(0.3)
    mark()


@trick("supervisor", "cgroup.freeze of its control group, for a second")
def group_frozen():
    group("cgroup.freeze", "1")
    if os.environ.get("GROUP") and os.fork() == 0:
        time.sleep(1)
        group("cgroup.freeze", "0")
        os._exit(0)
    mark()


@trick("supervisor", "prlimit --nproc=0:0: it can start no process")
def limit_processes():
    limit(resource.RLIMIT_NPROC, 0)


@trick("supervisor", "all processes that the user may have (RLIMIT_NPROC of the build)")
def own_processes():
    def go():
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
        os.execv(PERL, WORDS)

    child(go)


@trick("supervisor", "text pushed into the terminal (TIOCSTI), for whoever reads it after the run")
def pushed_text():
    primary, terminal = os.openpty()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(terminal, 0x540E, 0)  # TIOCSCTTY
        with contextlib.suppress(OSError):
            for byte in b"x\n":
                fcntl.ioctl(terminal, 0x5412, bytes([byte]))  # TIOCSTI
            if os.read(terminal, 2):
                mark()
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(primary)
