"""The odd ways in which Linux starts programs."""

import os
import platform
import shutil
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

PYTHON = os.path.realpath(sys.executable)
GONE = "the executed file was gone before it could be inspected: it was identified by its name"
PERL = os.path.realpath("/usr/bin/perl")
BINFMT = Path("/proc/sys/fs/binfmt_misc")


def ends(watch, word):
    """Return the execution whose last argument is this word, and not one that only speaks of it."""
    return watch.until(lambda execution: execution.argv[-1] == word)[0]


def start(source, *arguments, **how):
    """Run Python text in a child."""
    return subprocess.run(
        [PYTHON, "-IS", "-c", source, *map(str, arguments)], stdin=subprocess.DEVNULL, check=True, **how
    )


def test_a_setuid_program_is_seen_with_both_users(watch, tmp_path):
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.parts[-1].startswith(("pytest-", "popen-")):
            parent.chmod(0o755)
    copy = tmp_path / "perl-as-root"
    shutil.copy(PERL, copy)
    copy.chmod(0o4755)
    source = (
        "import os, sys; os.setgid(65534); os.setuid(65534); os.execv(sys.argv[1], ['perl', '-e', 'exit # setuid'])"
    )
    start(source, copy)
    execution = ends(watch, "exit # setuid")
    assert execution.process.uid == 65534
    assert execution.context["user.effective"] == "0"
    assert execution.context["setuid"] == "65534:65534 -> 0:65534"
    assert execution.interpreter == "perl"


def test_a_thread_that_execs_becomes_its_process(watch):
    source = (
        "import os, threading\n"
        "threading.Thread(target=os.execv, args=('/usr/bin/perl', ['perl', '-e', 'exit # thread'])).start()\n"
        "threading.Event().wait(10)\n"
    )
    process = subprocess.Popen([PYTHON, "-I", "-c", source], stdin=subprocess.DEVNULL)
    assert process.wait(10) == 0
    execution = ends(watch, "exit # thread")
    assert execution.process.pid == process.pid
    assert int(execution.context["pid.caller"]) > process.pid


def test_vfork_and_exec(watch):
    # posix_spawn uses CLONE_VFORK | CLONE_VM
    pid = os.posix_spawn("/usr/bin/perl", ["perl", "-e", "exit # vfork"], {"V": "fork"})
    assert os.waitpid(pid, 0) == (pid, 0)
    execution = watch.marked("exit # vfork")
    assert (execution.process.pid, execution.env) == (pid, {"V": "fork"})


def test_execveat_with_an_empty_path_and_a_memfd(watch):
    source = (
        "import ctypes, os, sys\n"
        "fd = os.memfd_create('harmless', 0)\n"
        "os.write(fd, open(sys.argv[1], 'rb').read())\n"
        "argv = (ctypes.c_char_p * 4)(b'memory', b'-e', b'select undef, undef, undef, 0.5 # memfd', None)\n"
        f"ctypes.CDLL(None).syscall({322 if platform.machine() == 'x86_64' else 281}, fd, b'', argv, argv[3:4] and None, 0x1000)\n"
        "raise SystemExit('execveat failed')\n"
    )
    process = subprocess.Popen([PYTHON, "-I", "-c", source, PERL], stdin=subprocess.DEVNULL)
    execution = watch.until(lambda found: found.argv[0] == "memory")[0]
    assert execution.argv == ("memory", "-e", "select undef, undef, undef, 0.5 # memfd")
    assert execution.exe == "/memfd:harmless (deleted)"
    assert execution.context["file.memory"] == "memfd"
    assert execution.interpreter == "perl"
    assert process.wait(5) == 0


def test_a_program_whose_file_is_gone(watch, tmp_path):
    copy = tmp_path / "gone"
    shutil.copy(PERL, copy)
    source = (
        "import os, sys\n"
        "fd = os.open(sys.argv[1], os.O_PATH)\n"
        "os.unlink(sys.argv[1])\n"
        "os.execve(fd, ['x', '-e', 'exit # unlinked'], {})\n"
    )
    start(source, copy)
    execution = watch.until(lambda found: found.argv[0] == "x")[0]
    assert execution.exe == f"{copy} (deleted)"
    assert execution.context["file.memory"] == "unlinked"
    assert (execution.interpreter is None) == (execution.fidelity.notes == (GONE,))


def test_no_arguments_at_all(watch, tmp_path):
    # since Linux 5.18 the kernel makes an empty argv[0] of argc 0
    copy = tmp_path / "argc0"
    shutil.copy("/bin/true", copy)
    source = (
        "import ctypes, sys\n"
        "null = (ctypes.c_char_p * 1)(None)\n"
        "ctypes.CDLL(None).execve(sys.argv[1].encode(), null, null)\n"
        "raise SystemExit('execve failed')\n"
    )
    subprocess.run([PYTHON, "-I", "-c", source, copy], stdin=subprocess.DEVNULL, check=False)
    execution = watch.until(lambda found: found.exe == str(copy))[0]
    assert execution.argv == ("",)
    assert execution.env == {}
    assert execution.fidelity.bytes_total == 1


def narrow_elf(path):
    """Write a 32-bit x86 program that exits with 42: mov eax, 1; mov ebx, 42; int 0x80."""
    code = bytes.fromhex("b801000000bb2a000000cd80")
    entry, size = 0x08048000 + 52 + 32, 52 + 32 + len(code)
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1, entry, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    load = struct.pack("<8I", 1, 0, 0x08048000, 0x08048000, size, size, 5, 0x1000)
    path.write_bytes(head + load + code)
    path.chmod(0o755)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="a 32-bit x86 program")
def test_a_32_bit_program(watch, tmp_path):
    narrow_elf(tmp_path / "narrow")
    try:
        done = subprocess.run([tmp_path / "narrow", "thirty-two", "bits"], env={"W": "32"}, check=False)
    except OSError as error:
        pytest.skip(f"the kernel runs no 32-bit programs: {error}")
    assert done.returncode == 42
    execution = watch.marked("thirty-two")
    assert execution.argv == (str(tmp_path / "narrow"), "thirty-two", "bits")
    assert execution.env == {"W": "32"}


def test_inside_a_chroot_paths_are_those_of_the_host(watch, tmp_path):
    jail = tmp_path / "jail"
    jail.mkdir()
    shutil.copy("/bin/busybox", jail / "busybox")
    for library in subprocess.run(["ldd", "/bin/busybox"], capture_output=True, text=True, check=False).stdout.split():
        if library.startswith("/"):
            (jail / library[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, jail / library[1:])
    source = (
        "import os, sys; os.chroot(sys.argv[1]); os.chdir('/'); os.execv('/busybox', ['sh', '-c', ': in the chroot'])"
    )
    start(source, jail)
    execution = ends(watch, ": in the chroot")
    assert execution.exe == str(jail / "busybox")
    assert execution.cwd == str(jail)
    assert execution.context["file.called"] == "/busybox"


def test_in_another_pid_and_mount_namespace(watch):
    subprocess.run(
        ["unshare", "--fork", "--pid", "--mount", "--mount-proc", "perl", "-e", "exit # namespaces"],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    execution = watch.until(lambda found: found.argv == ("perl", "-e", "exit # namespaces"))[0]
    here = os.stat("/proc/self/ns/pid").st_ino
    assert execution.context["pid.inner"] == "1"
    assert execution.process.pid > 1
    assert int(execution.context["ns.pid"]) != here
    assert int(execution.context["ns.mount"]) != os.stat("/proc/self/ns/mnt").st_ino
    assert execution.ancestry[0].comm == "unshare"
    assert execution.interpreter == "perl"


@pytest.fixture
def binfmt():
    """A format of our own for files that begin with FLYCATCH; everything is left as it was."""
    mounted = not (BINFMT / "register").exists()
    if (
        mounted
        and subprocess.run(["mount", "-t", "binfmt_misc", "none", BINFMT], check=False, capture_output=True).returncode
    ):
        pytest.skip("binfmt_misc cannot be mounted")
    name = f"flycatcher-{os.getpid()}"
    (BINFMT / "register").write_text(f":{name}:M::FLYCATCH::{PERL}:\n")
    yield
    (BINFMT / name).write_text("-1")
    if mounted:
        subprocess.run(["umount", BINFMT], check=True)


@pytest.mark.usefixtures("binfmt")
def test_a_binfmt_misc_interpreter_is_the_program_that_runs(watch, tmp_path):
    file = tmp_path / "odd"
    file.write_text("FLYCATCH if 0;\nexit;\n")
    file.chmod(0o755)
    subprocess.run([file, "odd operand"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    execution = watch.marked("odd operand")
    assert execution.exe == PERL
    assert execution.interpreter == "perl"
    assert execution.argv == (PERL, str(file), "odd operand")
    assert execution.context["file.called"] == str(file)


def _socket():
    one, other = socket.socketpair()
    other.close()
    return one.detach()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("pipe", "pipe"), ("socket", "socket"), ("null", "null"), ("file", "file"), ("closed", "null"), ("tty", "tty")],
)
def test_what_descriptor_0_is(watch, tmp_path, kind, expected):
    (tmp_path / "f").touch()
    opened = {
        "pipe": lambda: os.pipe()[0],
        "socket": _socket,
        "null": lambda: os.open("/dev/null", os.O_RDONLY),
        "file": lambda: os.open(tmp_path / "f", os.O_RDONLY),
        "closed": lambda: -1,
        "tty": lambda: os.openpty()[1],
    }[kind]()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(0) if opened < 0 else os.dup2(opened, 0)
            os.execv("/bin/true", ["true", f"stdin {kind}"])
        finally:
            os._exit(127)
    assert os.waitpid(pid, 0)[1] == 0
    assert watch.marked(f"stdin {kind}").stdin == expected
    if opened >= 0:
        os.close(opened)


def test_ancestors_are_named_with_what_they_run(watch):
    script = "perl -e 'exit # deep'; :"
    subprocess.run(["/bin/bash", "-c", script], stdin=subprocess.DEVNULL, check=True)
    execution = ends(watch, "exit # deep")
    parent, grandparent = execution.ancestry[:2]
    assert (parent.comm, parent.uid) == ("bash", os.getuid())
    assert parent.argv == ("/bin/bash", "-c", script) or parent.note == "argv not read: the process had ended"
    assert grandparent.pid == os.getpid()
    assert grandparent.argv == tuple(Path("/proc/self/cmdline").read_text().removesuffix("\0").split("\0"))
    assert execution.ancestry[-1].pid == 1


def test_a_file_that_has_changed_is_looked_at_again(watch, tmp_path):
    program = tmp_path / "program"
    shutil.copy("/bin/true", program)
    os.utime(program)
    threading.Event().wait(0.1)
    for _ in range(3):
        subprocess.run([program, "before"], check=True)
        watch.marked("before")
    assert watch.until(lambda found: found.argv[-1] == "before")[-1].interpreter == ""
    shutil.copyfile(PERL, program)
    subprocess.run([program, "-e", "exit # after"], check=True, stdin=subprocess.DEVNULL)
    assert watch.marked("exit # after").interpreter == "perl"


def test_among_processes_of_its_own_it_does_not_start():
    words = [
        "unshare",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        sys.executable,
        "-m",
        "flycatcher",
        "watch",
        "--for",
        "1",
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if done.stderr.startswith("unshare:"):
        pytest.skip(f"no PID namespace here: {done.stderr.strip()}")
    assert done.returncode == 1
    assert "this is a PID namespace of its own" in done.stderr
    assert "--pid=host" in done.stderr
