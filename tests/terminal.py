"""A terminal for programs under test: a pseudo-terminal of a given width, and what appears on it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import click

from flycatcher.layout import cells

if TYPE_CHECKING:
    from pathlib import Path


def shown(
    *words: str, columns: int, folder: Path | None = None, variables: dict[str, str] | None = None
) -> tuple[str, int]:
    """Return what ``flycatcher`` with these words writes to a terminal, and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    with subprocess.Popen(
        [sys.executable, "-m", "flycatcher", *words], cwd=folder, env=inherited | (variables or {}),
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, close_fds=True,
    ) as program:  # fmt: skip
        os.close(theirs)
        text = b"".join(iter(lambda: _read(ours), b"")).decode()
        os.close(ours)
        return text.replace("\r\n", "\n"), program.wait()


def _read(descriptor: int) -> bytes:
    """Return what comes next; empty when the last program that has the terminal open ended (EIO)."""
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return b""


def screen(text: str, columns: int) -> list[str]:
    """Return the lines that stay on the screen; what was rewritten on the way was never wider than it."""
    lines = [click.unstyle(line).split("\r") for line in text.split("\n")]
    assert all(cells(piece) <= columns for line in lines for piece in line)
    return [line[-1] for line in lines]
