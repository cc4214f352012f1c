"""Which files are remembered, here and in the kernel's map: the content decides, once for each state of a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest

from flycatcher.sources.sensors.ebpf import verdicts, wire
from flycatcher.sources.sensors.ebpf.pieces import Pieces
from flycatcher.sources.sensors.ebpf.verdicts import Verdicts, is_dated
from flycatcher.sources.sensors.procfs import start_of

EXT4, OVERLAY, FUSE = 0xEF53, 0x794C7630, 0x65735546
INITIAL = 0xEFFFFFFD
TICK = 10_000_000
"""Nanoseconds: USER_HZ is 100."""


class Kernel:
    """What the kernel's map was told."""

    def __init__(self):
        self.told = []

    def put(self, key, value):
        self.told.append((key, int.from_bytes(value, "little")))


def part_of(path, pid=0, *, age=3600, **fields):
    """Return the record of an execution of a file; ``age``: seconds since its last change."""
    status = os.stat(path)
    seconds, rest = divmod(status.st_ctime_ns, 1_000_000_000)
    zeros = wire.ExecPart._make(0 for _ in wire.ExecPart._fields)
    part = zeros._replace(
        pid=pid, start=start_of(pid) * TICK if pid else 0, inode=status.st_ino, changed=seconds, changed_ns=rest, size=status.st_size,
        magic=EXT4, owner_ns=INITIAL, links=status.st_nlink, comm=b"", tty=b"", socket_local=b"", socket_peer=b"",
    )  # fmt: skip
    return part._replace(**fields)


def pieces(exe, filename=""):
    return Pieces(chain=b"", filename=filename, interp="", exe=str(exe), cwd="/", argument=b"", environment=b"")


@contextmanager
def killed(words):
    """Start a program that does not outlive the test, however that ends."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def old(monkeypatch):
    """Files have not been changed for an hour."""
    now = time.time_ns()
    monkeypatch.setattr(verdicts.time, "time_ns", lambda: now + 3600 * 1_000_000_000)


@pytest.fixture
def perl(tmp_path):
    program = tmp_path / "updater"
    shutil.copy(os.path.realpath("/usr/bin/perl"), program)
    return program


def test_a_file_is_looked_at_once_and_the_kernel_is_told_once(perl, old):
    kernel = Kernel()
    known = Verdicts(kernel)
    part = part_of(perl)
    first = known.of(part, pieces(perl))
    assert first.interpreter == "perl"
    perl.unlink()
    assert known.of(part._replace(verdict=wire.SCRIPTING), pieces(perl)) == first
    assert kernel.told == [(part.file_key, wire.SCRIPTING)]


def test_the_kernel_is_told_again_where_it_has_forgotten(perl, old):
    kernel = Kernel()
    known = Verdicts(kernel)
    part = part_of(perl)
    for _ in range(2):
        known.of(part._replace(verdict=wire.UNKNOWN), pieces(perl))
    assert kernel.told == [(part.file_key, wire.SCRIPTING)] * 2


def test_of_a_program_that_is_nothing_the_kernel_may_drop_every_start(tmp_path, old):
    program = tmp_path / "true"
    shutil.copy(os.path.realpath("/bin/true"), program)
    kernel = Kernel()
    part = part_of(program)
    assert Verdicts(kernel).of(part, pieces(program)).interpreter == ""
    assert kernel.told == [(part.file_key, wire.OTHER)]


@pytest.mark.parametrize(
    ("fields", "remembered"),
    [
        ({}, True),
        ({"magic": FUSE}, False),
        ({"magic": OVERLAY}, True),
        ({"magic": OVERLAY, "owner_ns": 4026532000}, False),
        ({"owner_ns": 4026532000}, True),
    ],
    ids=["a file system of this kernel", "a server's", "root's overlay", "somebody's overlay", "somebody's mount"],
)
def test_only_where_each_change_shows_a_file_is_remembered(perl, old, fields, remembered):
    kernel = Kernel()
    part = part_of(perl, **fields)
    assert is_dated(part) is remembered
    assert Verdicts(kernel).of(part, pieces(perl)).interpreter == "perl"
    assert bool(kernel.told) is remembered


def test_a_file_that_has_only_just_changed_is_not_remembered(perl, monkeypatch):
    kernel = Kernel()
    part = part_of(perl)
    changed = part.changed * 1_000_000_000 + part.changed_ns
    for age, told in ((0, 0), (49_999_999, 0), (50_000_000, 1), (-49_999_999, 1), (-50_000_000, 2)):
        monkeypatch.setattr(verdicts.time, "time_ns", lambda age=age: changed + age)
        known = Verdicts(kernel)
        assert known.of(part, pieces(perl)).interpreter == "perl"
        assert len(kernel.told) == told, age


def test_the_file_that_a_process_runs_is_looked_at_wherever_its_path_leads(perl, old):
    kernel = Kernel()
    with killed([perl, "-e", "sleep 60"]) as process:
        part = part_of(perl, process.pid)
        assert Verdicts(kernel).of(part, pieces("/nonexistent")).interpreter == "perl"
        assert len(kernel.told) == 1
        perl.unlink()  # its change time is another one: what it holds is known, and not remembered
        gone = Verdicts(kernel)
        assert gone.of(part._replace(links=0), pieces("/nonexistent")).interpreter == "perl"
        assert len(kernel.told) == 1


def test_of_a_file_that_is_gone_or_another_one_nothing_is_known(perl, old):
    kernel = Kernel()
    part = part_of(perl)
    assert Verdicts(kernel).of(part, pieces("/nonexistent")) is None
    assert Verdicts(kernel).of(part._replace(size=part.size + 1), pieces(perl)) is None
    assert Verdicts(kernel).of(part._replace(inode=part.inode + 1), pieces(perl)) is None
    assert Verdicts(kernel).of(part._replace(magic=FUSE), pieces("/nonexistent")) is None
    assert kernel.told == []


def test_a_program_that_only_its_name_tells_is_of_interest(tmp_path, old):
    program = tmp_path / "gosh"
    shutil.copy(os.path.realpath("/bin/true"), program)
    kernel = Kernel()
    part = part_of(program)
    assert Verdicts(kernel).of(part, pieces(program)).role == "named"
    assert kernel.told == [(part.file_key, wire.INTERPRETER)]


def test_so_many_files_are_remembered_and_the_one_seen_longest_ago_goes(tmp_path, old, monkeypatch):
    monkeypatch.setattr(verdicts, "_KNOWN", 2)
    files = []
    for number in range(3):
        files.append(tmp_path / f"tool{number}")
        shutil.copy(os.path.realpath("/bin/true"), files[-1])
    known, parts = Verdicts(Kernel()), [part_of(file) for file in files]
    for number in (0, 1, 0, 2):
        assert known.of(parts[number], pieces(files[number])) is not None
    for file in files:
        file.unlink()
    found = [known.of(part, pieces(file)) is not None for part, file in zip(parts, files, strict=True)]
    assert found == [True, False, True]
