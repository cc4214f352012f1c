"""Lines of the dynamic loader and of qemu-user, run for real where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read
from flycatcher.core.interpreters.identity import identify

LOADER = "/lib64/ld-linux-x86-64.so.2"
CODE = "print('ran')"

LINES = (
    ((LOADER, "{python}", "-c", CODE), 3),
    ((LOADER, "--argv0", "sshd", "{python}", "-c", CODE), 5),
    ((LOADER, "--library-path", "/x", "--inhibit-cache", "{python}", "-Sc", CODE), 6),
    ((LOADER, "--inhibit-cache", "{python}", "-Sc" + CODE), 3),
    ((LOADER, "--list", "{python}", "-c", CODE), None),
    ((LOADER, "--verify", "{python}", "-c", CODE), None),
    (("qemu-x86_64", "{python}", "-c", CODE), 3),
    (("qemu-x86_64", "-0", "sshd", "-E", "X=1", "{python}", "-c", CODE), 7),
)


@pytest.mark.parametrize(("words", "index"), LINES)
def test_the_program_behind_the_loader_is_read(words: tuple[str, ...], index: int | None) -> None:
    python = os.path.realpath("/usr/bin/python3")
    words = tuple(word.format(python=python) if word == "{python}" else word for word in words)
    program = shutil.which(words[0])
    reading = read(Execution(argv=words, exe=program or words[0], stdin="null"))
    assert reading is not None
    assert [(s.interpreter, s.argv_index) for s in reading.snippets] == ([] if index is None else [("python", index)])
    if program is not None:
        ran = subprocess.run(
            [program, *words[1:]], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        assert (ran.stdout == "ran\n") == (index is not None), ran


def test_qemu_sets_variables() -> None:
    reading = read(Execution(argv=("qemu-x86_64", "-E", "PERL5OPT=-Mv5;go", "/usr/bin/perl", "x.pl")))
    assert reading is not None
    assert [(s.vector, s.text) for s in reading.snippets] == [("environment", "v5;go")]


def test_a_copy_of_the_loader_is_the_loader(tmp_path: Path) -> None:
    if not Path(LOADER).exists():
        pytest.skip("another loader here")
    copy = shutil.copy(os.path.realpath(LOADER), tmp_path / "kworker")
    assert identify.identify(copy) == "loader"
    reading = read(Execution(argv=("kworker", "/usr/bin/perl", "-e", "1"), exe=str(copy), interpreter="loader"))
    assert reading is not None
    assert [s.text for s in reading.snippets] == ["1"]


def test_what_the_loader_starts_may_be_no_interpreter() -> None:
    for words in (
        (LOADER,),
        (LOADER, "/bin/true"),
        (LOADER, LOADER, "/usr/bin/perl", "-e", "1"),
        ("qemu-x86_64", "-h"),
    ):
        reading = read(Execution(argv=words))
        assert reading is not None
        assert (reading.snippets, reading.outcome) == ([], "nothing")
