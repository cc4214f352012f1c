"""Paths that mean another file to the caller than to whoever looks from outside."""

import ctypes
import os
import shutil
import signal
import time
from pathlib import Path

from .common import CODE, PERL, WORDS, child, execute, libc, mark, on_nine, trick


def by_path(path, cwd=".", words=None):
    mark_at = str(Path.cwd() / "MARK")

    def go():
        on_nine()
        os.chdir(cwd)
        os.execv(path, words or ["perl", "-e", CODE.replace("MARK", mark_at)])

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


@trick("path", "the program of another process: /proc/PID/exe")
def others_program():
    Path("own.pl").write_text("sleep 5")
    pid = os.fork()
    if pid == 0:
        os.execv(PERL, ["perl", "own.pl"])
    time.sleep(0.3)
    execute(f"/proc/{pid}/exe")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@trick("path", "through 40 links, the most that the kernel follows")
def many_links():
    os.symlink(PERL, "link0")
    for number in range(39):
        os.symlink(f"link{number}", f"link{number + 1}")
    execute("./link39")


@trick("path", "a script whose first line names /proc/self/fd/9")
def first_line():
    Path("script").write_text(f"#!/proc/self/fd/9 -e{CODE}\n")
    os.chmod("script", 0o755)
    by_path("./script", words=["./script"])


@trick("path", "a script whose first line names a link in its own folder")
def first_line_link():
    os.symlink(PERL, "k")
    Path("script").write_text(f"#!./k -e{CODE}\n")
    os.chmod("script", 0o755)
    execute("./script", ["./script"])


@trick("path", "in a folder that was removed: /proc/self/cwd/../k")
def removed_folder():
    os.symlink(PERL, "k")
    os.mkdir("gone")
    mark_at = str(Path.cwd() / "MARK")

    def go():
        os.chdir("gone")
        os.rmdir("../gone")
        os.execv("../k", ["perl", "-e", CODE.replace("MARK", mark_at)])

    child(go)
    if not os.path.exists("MARK"):  # the kernel finds no way up from there
        mark()


@trick("path", "execveat(2) of a descriptor that is only a handle (O_PATH)")
def at_handle():
    def go():
        argv = (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None)
        libc.syscall(322, os.open(PERL, os.O_PATH), b"", argv, None, 0x1000)

    child(go)


@trick("path", "execveat(2) of a file without a name (O_TMPFILE)")
def at_nameless():
    def go():
        made = os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o755)
        os.write(made, Path(PERL).read_bytes())
        again = os.open(f"/proc/self/fd/{made}", os.O_RDONLY)
        os.close(made)
        argv = (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None)
        libc.syscall(322, again, b"", argv, None, 0x1000)

    child(go)


@trick("path", "execveat(2) with a bare check first (AT_EXECVE_CHECK)")
def at_check():
    def go():
        argv = (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None)
        for flags in (0x10000, 0):
            libc.syscall(322, -100, PERL.encode(), argv, None, flags)

    child(go)
