"""A scan that is ended at the keyboard: what was found is printed, and nothing else."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from tests.commands.scan.conftest import PACKAGE

if TYPE_CHECKING:
    from tests.commands.scan.conftest import Tree


def test_what_was_found_is_printed_and_the_code_is_the_signal_s(tree: Tree) -> None:
    tree.write("a.sh", "python3 -c 'print(1)'\n")
    for number in range(300):
        tree.write(f"b{number}.sh", "make\n")
    os.mkfifo(tree.root / "go")
    # a worker that opens the last file waits for its other end: the scan cannot end by itself
    code = (
        "import flycatcher.commands.scan.work as w, time\n"
        "real = w._content\n"
        "def content(path):\n"
        "    if path.endswith('b99.sh'):\n"
        "        print('waiting', flush=True) or open('go').read()\n"
        "    return real(path)\n"
        "w._content = content\n"
        "from flycatcher.commands import main\n"
        "main()\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PACKAGE),
        "HOME": str(tree.root),
        "COLUMNS": "80",
    }
    started = subprocess.Popen(
        [sys.executable, "-c", code, "scan", "--no-history", "--workers", "2", "--format", "jsonl", "."],
        cwd=tree.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert started.stdout is not None
    seen = {started.stdout.readline()[:10], started.stdout.readline()[:10]}
    assert seen == {"waiting\n", '{"schema":'}
    os.killpg(started.pid, signal.SIGINT)
    rest, said = started.communicate(timeout=60)
    assert started.returncode == 128 + signal.SIGINT
    assert "interrupted" in said
    assert "Traceback" not in said
    assert '"findings":1,' in rest
    assert '"interrupted":true' in rest


@pytest.mark.parametrize(
    ("columns", "options", "first"),
    [
        (80, (), f"flycatcher: {'━' * 24} 0 of 1 files read, 0 findings"),
        (60, (), "flycatcher: 0 of 1 files read, 0 findings"),
        (80, ("-q",), ""),
    ],
)
def test_a_terminal_sees_a_bar_and_counts_from_the_beginning(
    tree: Tree, columns: int, options: tuple[str, ...], first: str
) -> None:
    tree.write("a.sh", "python3 -c 'print(1)'\n")
    ours, theirs = pty.openpty()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PACKAGE),
        "HOME": str(tree.root),
        "COLUMNS": str(columns),
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "flycatcher", "scan", "--no-history", *options, "."],
        cwd=tree.root, env=environment, stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert started.wait(60) == 0
    lines = [click.unstyle(line.removeprefix("\x1b[K")) for line in said.decode().split("\r")]
    assert lines[1 if first else 0] == first
    assert lines[-1] == ""
