"""What a source sees of a path without opening it."""

from __future__ import annotations

import mmap
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from flycatcher.core.detection import read
from flycatcher.core.execution import Execution, FileFact, Process
from flycatcher.sources.program_files import MAX_LINKS, View, look, stdin_kind, view_of, with_files
from flycatcher.sources.sensors import procfs
from flycatcher.sources.sensors.audit import sensor as audit_sensor
from flycatcher.sources.sensors.ebpf import record
from flycatcher.sources.sensors.procfs import start_of, with_files_of
from flycatcher.sources.sensors.seccomp import stdin as seccomp_stdin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_text("text")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    for name, target in {
        "stdin": "/dev/stdin", "fd": "/dev/fd", "self": "/proc/self", "chain": "self/fd/7", "tty": "/dev/tty", "null": "/dev/null",
        "environ": "/proc/self/environ", "tofifo": "./fifo", "loop": "loop", "exe": "/proc/self/exe", "out": "/proc/self/root/dev/tty",
    }.items():  # fmt: skip
        (tmp_path / name).symlink_to(target)
    return tmp_path


def test_the_links_at_the_end_of_a_path_are_named_in_turn(folder):
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("stdin")
    fact = look("a", View(cwd=str(folder), here="/here"))
    assert fact is not None
    assert fact.links == ("/here/b", "/here/stdin", "/dev/stdin")
    below = look("fd/9", View(cwd=str(folder), here="/here"))
    assert below is not None
    assert below.links == ()  # that link is a folder


@pytest.mark.parametrize(
    ("path", "kind", "target"),
    [
        ("fifo", "fifo", ""),
        ("./file", "regular", ""),
        ("socket", "socket", ""),
        ("stdin", "unknown", "/proc/self/fd/0"),
        ("fd/9", "unknown", "/proc/self/fd/9"),
        ("chain", "unknown", "/proc/self/fd/7"),
        ("environ", "procfs", "/proc/self/environ"),
        ("exe", "regular", "/proc/self/exe"),
        ("tty", "tty", "/dev/tty"),
        ("out", "tty", "/dev/tty"),
        ("null", "null", "/dev/null"),
        ("none", "missing", ""),
        ("file/x", "missing", ""),
        ("fi*", "fifo", ""),
        (".", "directory", ""),
    ],
)
def test_links_are_followed_as_the_program_would(folder: Path, path: str, kind: str, target: str) -> None:
    for name, view in ((path, View(cwd=str(folder), here=str(folder))), (f"{folder}/{path}", View())):
        found = look(name, view)
        assert found is not None
        assert (found.kind, found.target) == (kind, target)


def test_what_cannot_be_followed_is_unknown(folder: Path) -> None:
    assert look("loop", View(cwd=str(folder))) is None
    assert look("a\0b", View(cwd=str(folder))) is None
    for number in range(MAX_LINKS + 1):
        (folder / f"l{number}").symlink_to(f"l{number + 1}" if number < MAX_LINKS else "file")
    assert look("l0", View(cwd=str(folder), here=str(folder))) is None
    found = look("l1", View(cwd=str(folder), here=str(folder)))
    assert found is not None
    assert found.target == f"{folder}/file"


def test_a_fifo_is_never_opened(folder: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-Sc", "open('fifo', 'w').write('text')"], cwd=folder)
    for _ in range(20):
        found = look("fifo", View(cwd=str(folder), here=str(folder)))
        assert found is not None
    assert (folder / "fifo").read_text() == "text"
    assert writer.wait() == 0
    assert (found.kind, found.inode) == ("fifo", (folder / "fifo").stat().st_ino)


def sleeping(folder: Path, **more: object) -> subprocess.Popen[bytes]:
    """Start a process that waits until it is killed."""
    return subprocess.Popen(["sleep", "60"], cwd=folder, **more)  # type: ignore[call-overload, no-any-return]


def test_descriptors_are_those_of_the_program(folder: Path) -> None:
    memory = os.memfd_create("harmless")
    (folder / "gone").write_text("text")
    gone = os.open(folder / "gone", os.O_RDONLY)
    (folder / "gone").unlink()
    process = sleeping(folder, stdin=subprocess.PIPE, pass_fds=(memory, gone))
    try:
        view = view_of(process.pid, str(folder))
        kinds = {name: look(name, view) for name in ("stdin", f"fd/{memory}", f"fd/{gone}", "fd/99")}
    finally:
        process.kill()
        process.communicate()
        os.close(memory)
        os.close(gone)
    assert [found.kind for found in kinds.values() if found is not None] == ["fifo", "memfd", "deleted", "missing"]


def test_what_another_process_runs_and_where_it_is(folder: Path) -> None:
    (folder / "d").mkdir()
    os.mkfifo(folder / "d" / "inner")
    shutil.copy(shutil.which("sleep") or "", folder / "program")
    process = subprocess.Popen([folder / "program", "60"], cwd=folder / "d")
    try:
        (folder / "program").unlink()
        view = view_of(os.getpid(), str(folder))
        paths = [f"/proc/{process.pid}/{name}" for name in ("exe", "cwd/inner", "root/dev/null", "cwd/../fifo")]
        kinds = [found.kind for path in paths if (found := look(path, view)) is not None]
    finally:
        process.kill()
        process.wait()
    assert kinds == ["deleted", "fifo", "null", "fifo"]


def test_a_mapped_file_is_what_it_was_mapped_from(folder: Path) -> None:
    memory = os.memfd_create("harmless")
    os.write(memory, bytes(mmap.PAGESIZE))
    with mmap.mmap(memory, mmap.PAGESIZE):
        line = next(line for line in Path("/proc/self/maps").read_text().splitlines() if "memfd:harmless" in line)
        first, last = (int(part, 16) for part in line.split()[0].split("-"))
        found = look(f"/proc/self/map_files/{first:x}-{last:x}", view_of(os.getpid(), str(folder)))
    os.close(memory)
    assert found is not None
    assert found.kind == "memfd"


MOUNTED = """
mkdir pp ff && mount -t proc proc pp && mount --bind /proc/$$/fd ff && : > hidden && mount --bind /proc/$$/environ hidden &&
echo ready && exec sleep 60
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="mounts need root")
def test_a_procfs_is_known_wherever_it_is_mounted(folder: Path) -> None:
    command = ["unshare", "-m", "sh", "-c", MOUNTED]
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            pytest.skip("no mounts here")
        view = view_of(process.pid, str(folder))
        names = ("pp/self/fd/0", "pp/thread-self/fd/0", f"pp/{process.pid}/fd/0", "pp/self/environ", "ff/0", "hidden")
        found = [look(name, view) for name in names]
    finally:
        process.kill()
        process.communicate()
    assert [fact.kind for fact in found if fact is not None] == ["fifo", "fifo", "fifo", "procfs", "fifo", "procfs"]


def test_a_program_that_runs_is_seen_with_its_own_eyes_and_an_ended_one_from_outside(folder: Path) -> None:
    process, before = sleeping(folder), procfs.bounded.unanswered
    own = Process(pid=process.pid, start=start_of(process.pid))
    execution = Execution(argv=("perl", "tofifo"), cwd=str(folder), process=own)
    try:
        alive = with_files_of(execution)
    finally:
        process.kill()
        process.wait()
    ended = with_files_of(execution)
    apart = with_files_of(Execution(argv=execution.argv, cwd=str(folder), process=own, context={"ns.mount": "1"}))
    assert [file.kind for file in alive.files.values()] == [file.kind for file in ended.files.values()] == ["fifo"]
    assert (alive.fidelity, apart.files) == (None, {})
    assert ended.fidelity is not None
    assert ended.fidelity.notes == ("the files that it names were looked at after it had ended",)
    assert apart.fidelity is not None
    assert apart.fidelity.notes == ("the files that it names were not looked at: it had ended",)
    assert procfs.bounded.unanswered == before


def test_only_what_a_reading_turns_on_is_looked_at_and_kept(folder: Path) -> None:
    view = View(cwd=str(folder), here="/home/u")
    absent = Execution(argv=("perl", "none", "fifo"), cwd=str(folder))
    assert with_files(absent, View(here=str(folder))).files.keys() == {f"{folder}/none"}
    execution = with_files(Execution(argv=("perl", "fifo", "socket")), view)
    assert {name: fact.kind for name, fact in execution.files.items()} == {"fifo": "fifo"}
    reading = read(execution)
    assert reading is not None
    assert [(s.vector, s.path, s.note) for s in reading.snippets] == [("descriptor", "fifo", "read from a FIFO")]
    given = {"fifo": FileFact(kind="regular")}
    assert with_files(Execution(argv=("perl", "fifo"), files=given), view).files == given


def test_a_folder_that_is_not_here_says_nothing_of_a_line_that_nobody_runs(folder: Path) -> None:
    elsewhere = f"{folder}/elsewhere/foo.pm"
    assert look(elsewhere, View()) is None
    assert look(elsewhere, view_of(os.getpid(), str(folder))) == FileFact(kind="missing")
    assert look(f"{folder}/foo.pm", View()) == FileFact(kind="missing")


@pytest.mark.parametrize(
    ("mode", "device", "kind"),
    [
        (stat.S_IFREG, (0, 0), "file"), (stat.S_IFIFO, (0, 0), "pipe"), (stat.S_IFSOCK, (0, 0), "socket"),
        (stat.S_IFBLK, (7, 0), "file"), (stat.S_IFCHR, (1, 3), "null"), (stat.S_IFCHR, (1, 11), "file"),
        (stat.S_IFCHR, (7, 1), "file"), (stat.S_IFCHR, (5, 0), "tty"), (stat.S_IFCHR, (137, 4), "tty"), (0, (0, 0), "unknown"),
    ],
)  # fmt: skip
def test_what_gives_text_on_descriptor_0(mode: int, device: tuple[int, int], kind: str) -> None:
    assert stdin_kind(mode | 0o600, *device) == kind


def test_every_sensor_asks_the_same_table() -> None:
    part = SimpleNamespace(stdin_mode=stat.S_IFBLK | 0o600, stdin_device=7 << 20 | 1)
    assert record.stdin_of(part) == "file"  # type: ignore[arg-type]
    assert record.stdin_of(SimpleNamespace(stdin_mode=0, stdin_device=0)) == "null"  # type: ignore[arg-type]
    here = os.dup(0)
    try:
        for path, kind in (("/dev/null", "null"), ("/dev/zero", "file"), ("/etc/passwd", "file")):
            opened = os.open(path, os.O_RDONLY)
            os.dup2(opened, 0)
            os.close(opened)
            assert (seccomp_stdin.kind_of(os.getpid()), audit_sensor._stdin(os.getpid())) == (kind, kind)
    finally:
        os.dup2(here, 0)
        os.close(here)
