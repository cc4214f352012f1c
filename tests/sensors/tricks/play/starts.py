"""Ways to start a program."""

import contextlib
import ctypes
import os
import shutil
import signal
import struct
import threading
import time
from pathlib import Path

from .common import CODE, PERL, WORDS, child, execute, int80, laid_out, libc, mark, on_nine, trick


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


@trick("start", "by the dynamic loader under another name: ld.so --argv0 true ./k -e")
def loader_renamed():
    os.symlink(PERL, "k")
    execute("/lib64/ld-linux-x86-64.so.2", ["ld.so", "--argv0", "true", "./k", "-e", CODE])


@trick("start", "by the dynamic loader with another library: ld.so --preload libm.so.6 ./k -e")
def loader_preloading():
    os.symlink(PERL, "k")
    execute("/lib64/ld-linux-x86-64.so.2", ["ld.so", "--preload", "libm.so.6", "./k", "-e", CODE])


@trick("start", "by the dynamic loader, from a descriptor: ld.so /proc/self/fd/9 -e")
def loader_of_a_descriptor():
    def go():
        on_nine()
        os.execv("/lib64/ld-linux-x86-64.so.2", ["ld.so", "/proc/self/fd/9", "-e", CODE])

    child(go)


@trick("start", "by a copy of the dynamic loader under another name")
def loader_copied():
    shutil.copy("/lib64/ld-linux-x86-64.so.2", "tool")
    os.symlink(PERL, "k")
    execute("./tool", ["tool", "./k", "-e", CODE])


@trick("start", "through int 0x80, by a 64-bit program")
def by_32_bits():
    def go():
        path, words = laid_out("I")
        int80(11, path, words, 0)

    child(go)


@trick("start", "through the x32 calls, where the kernel has them")
def by_x32():
    def go():
        path, words = laid_out("I")
        libc.syscall(0x40000000 | 520, ctypes.c_void_p(path), ctypes.c_void_p(words), None)
        os.execv(PERL, WORDS)

    child(go)


@trick("start", "by a program that runs itself again, without address randomisation (personality(2))")
def itself_again():
    libc.personality(0x0040000)
    Path("again.pl").write_text(f"exec {{'{PERL}'}} 'perl', '-e', q({CODE});")
    execute(PERL, ["perl", "again.pl"])


@trick("start", "with 100,000 words")
def many_words():
    execute(PERL, [*WORDS, *["x"] * 100_000])


@trick("start", "without any words: text on stdin")
def no_words():
    def go():
        reader, writer = os.pipe()
        os.write(writer, CODE.encode())
        os.close(writer)
        os.dup2(reader, 0)
        libc.syscall(59, PERL.encode(), None, None)

    child(go)


@trick("start", "by the child of a child of vfork")
def vfork_chain():
    code = f"import os; os.waitpid(os.posix_spawn({PERL!r}, {WORDS!r}, {{}}), 0)"
    python = os.path.realpath("/usr/bin/python3")
    Path("chain.py").write_text(code)
    with contextlib.suppress(OSError):
        os.waitpid(os.posix_spawn(python, ["python3", "chain.py"], dict(os.environ)), 0)


@trick("start", "by a process that clone3(2) puts into another control group")
def other_group():
    place = os.environ.get("GROUP", "")
    if not place:
        mark()
        return
    folder = os.open(f"{place}/other", os.O_RDONLY | os.O_DIRECTORY)
    how = struct.pack("=11Q", 0x200000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, folder)  # CLONE_INTO_CGROUP
    pid = libc.syscall(435, how, len(how))
    if pid == 0:
        libc.execv(PERL.encode(), (ctypes.c_char_p * 4)(b"perl", b"-e", CODE.encode(), None))
        os._exit(1)
    if pid > 0:
        os.waitpid(pid, 0)


@trick("start", "300 at once")
def storm():
    started = []
    for _ in range(300):
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(OSError):
                os.execv(PERL, WORDS)
            os._exit(1)
        started.append(pid)
    for pid in started:
        os.waitpid(pid, 0)
